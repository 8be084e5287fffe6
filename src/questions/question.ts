import type { Clause } from './clause.ts';

/** What is searched: the alias of the audit events, that of the drift candidates, or the index of desired resources. */
export type SearchedIndex = 'auditEvents' | 'driftCandidates' | 'desiredState';

/** A column of a list: the values at a path of the document. */
export interface Column {
  readonly title: string;
  readonly path: string;
}

interface Asked {
  /** In kebab case, the name on the command line and of the saved search. */
  readonly name: string;
  /** The question as a person asks it. */
  readonly asks: string;
  readonly index: SearchedIndex;
  /** All of them must hold. */
  readonly where: readonly Clause[];
}

/** A question that documents answer, by time. */
export interface ListQuestion extends Asked {
  readonly answer: 'documents';
  readonly columns: readonly Column[];
}

/** What is told of a group: the name is the key in the answer's row. */
export interface Measure {
  readonly name: string;
  readonly of: 'first' | 'last' | 'distinct' | 'top' | 'median' | 'p95' | 'most';
  readonly field: string;
}

/** A question that groups of documents answer, the largest first. */
export interface GroupQuestion extends Asked {
  readonly answer: 'groups';
  /** One to three fields; the name is the key in the answer's row. */
  readonly by: readonly { readonly name: string; readonly field: string }[];
  readonly measures: readonly Measure[];
}

export type Question = ListQuestion | GroupQuestion;
