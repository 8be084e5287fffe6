/** `spec.replicas`; a key of a map stands as it is, also with dots: `metadata.labels.app.kubernetes.io/name`. */
export const memberPath = (path: string, key: string): string =>
  path === '' ? key : `${path}.${key}`;

export const elementPath = (path: string, position: number): string => `${path}[${position}]`;
