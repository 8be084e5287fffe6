const PLAIN = /^[A-Za-z_$][\w$-]*$/;

/** `spec.replicas`; a key that is no plain word stands in brackets: `metadata.labels["app.kubernetes.io/name"]`. */
export const memberPath = (path: string, key: string): string => {
  if (!PLAIN.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

export const elementPath = (path: string, position: number): string => `${path}[${position}]`;
