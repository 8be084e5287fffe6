import { indexPatterns } from './index-patterns.ts';
import { dashboards, visualizations } from './pages.ts';
import type { SavedObject } from './saved-objects.ts';
import { savedSearches } from './saved-searches.ts';

/** In the order in which they refer to each other. */
export const allSavedObjects: readonly SavedObject[] = [
  ...indexPatterns,
  ...savedSearches,
  ...visualizations,
  ...dashboards,
];
