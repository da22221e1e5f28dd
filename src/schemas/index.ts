/**
 * The published JSON Schemas (draft 2020-12) by name: the command's words joined with `-`, or the name of a shared
 * part. A test holds every schema against real output.
 */
export const SCHEMAS: Readonly<Record<string, () => Promise<object>>> = {
  demo: async () => (await import('./demo.ts')).schema,
  error: async () => (await import('./error.ts')).schema,
  explain: async () => (await import('./explain.ts')).schema,
  finding: async () => (await import('./finding.ts')).schema,
  help: async () => (await import('./help.ts')).schema,
  schema: async () => (await import('./schema.ts')).schema,
}
