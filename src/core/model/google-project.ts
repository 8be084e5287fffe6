import type { DesiredIndex } from './desired-resource.ts';
import { typedIdentity } from './identity.ts';

const PROJECT = /^(projects\/)([^/]+)(\/.*)?$/;
const NUMBER = /^\d+$/;

/**
 * The ways to write a resource's path with its project's id and with its number, the given one first. Records and
 * states use either; which number is which project is told by the `google_project` that code owns.
 */
export const projectForms = (path: string, index: DesiredIndex): readonly string[] => {
  const [, root, project, rest = ''] = PROJECT.exec(path) ?? [];
  if (root === undefined || project === undefined) return [path];
  const attribute = NUMBER.test(project) ? 'project_id' : 'number';
  const others = index
    .lookup(typedIdentity('google_project', project))
    .flatMap(({ attributes }) => {
      const other = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      return typeof other === 'string' && other !== '' ? [`${root}${other}${rest}`] : [];
    });
  return [...new Set([path, ...others])];
};
