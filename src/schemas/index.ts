const change = async () => (await import('./change.ts')).schema
const config = () => import('./config.ts')
const sandbox = () => import('./sandbox.ts')
const sandboxStatus = async () => (await sandbox()).status

/**
 * The published JSON Schemas (draft 2020-12) by name: the command's words joined with `-`, or the name of a shared
 * part. A test holds every schema against real output.
 */
export const SCHEMAS: Readonly<Record<string, () => Promise<object>>> = {
  'config-detect': async () => (await config()).detect,
  'config-diff': async () => (await config()).diff,
  'config-explain': async () => (await config()).explain,
  'config-fmt': async () => ({ anyOf: [await change(), (await config()).formatted] }),
  'config-generate': async () => (await config()).generate(await change()),
  'config-lint': async () => (await config()).lint,
  'config-profiles': async () => (await config()).profiles,
  'config-templates': async () => ({ anyOf: [await change(), (await config()).templates] }),
  demo: async () => (await import('./demo.ts')).schema,
  error: async () => (await import('./error.ts')).schema,
  explain: async () => (await import('./explain.ts')).schema,
  finding: async () => (await import('./finding.ts')).schema,
  help: async () => (await import('./help.ts')).schema,
  'log-chop': change,
  'log-diff': async () => (await import('./log-diff.ts')).schema,
  'log-dump': async () => (await import('./log-dump.ts')).schema,
  'log-history': async () => (await import('./log-history.ts')).schema,
  'log-patch': change,
  'log-salvage': change,
  'log-session': async () => (await import('./log-session.ts')).schema,
  'log-session-list': async () => (await import('./log-session.ts')).list,
  'log-stat': async () => (await import('./log-stat.ts')).schema,
  'log-verify': async () => (await import('./log-verify.ts')).schema,
  'sandbox-down': async () => (await sandbox()).down,
  'sandbox-install': async () => (await sandbox()).versions,
  'sandbox-kill': sandboxStatus,
  'sandbox-ls': async () => (await sandbox()).list,
  'sandbox-pause': sandboxStatus,
  'sandbox-resume': sandboxStatus,
  'sandbox-start': sandboxStatus,
  'sandbox-status': sandboxStatus,
  'sandbox-stop': sandboxStatus,
  'sandbox-up': sandboxStatus,
  'sandbox-versions': async () => (await sandbox()).versions,
  'snapshot-dump': async () => (await import('./snapshot-dump.ts')).schema,
  'snapshot-verify': async () => (await import('./snapshot-verify.ts')).schema,
  schema: async () => (await import('./schema.ts')).schema,
}
