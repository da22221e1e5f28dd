import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'
import type { FindingCatalogue, FindingExplanation } from '../support/finding.ts'

const repairs = async () => (await import('./data-repair/findings.ts')).REPAIR_FINDINGS

/** The catalogues of all areas; each is loaded only when a code of it is asked for, or all are listed. */
const AREAS: Readonly<Record<string, () => Promise<FindingCatalogue>>> = {
  diff: async () => (await import('./compare-logs/findings.ts')).DIFF_FINDINGS,
  certs: async () => (await import('./certs/findings.ts')).CERTS_FINDINGS,
  compare: async () => (await import('./data-dir/findings.ts')).COMPARE_FINDINGS,
  canary: async () => (await import('./health/canary/findings.ts')).CANARY_FINDINGS,
  clients: async () => (await import('./ensemble/clients/findings.ts')).CLIENT_FINDINGS,
  config: async () => (await import('../config/findings.ts')).CONFIG_FINDINGS,
  convert: async () => (await import('../config/convert/findings.ts')).CONVERT_FINDINGS,
  data: async () => ({
    ...(await import('./data-dir/findings.ts')).DATA_FINDINGS,
    ...(await import('./doctor/findings.ts')).DATA_FINDINGS,
    ...(await repairs()).data,
  }),
  epoch: async () => ({ ...(await import('./epoch/findings.ts')).EPOCH_FINDINGS, ...(await repairs()).epoch }),
  detect: async () => (await import('../config/profiles/findings.ts')).DETECT_FINDINGS,
  forecast: async () => (await import('./forecast/findings.ts')).FORECAST_FINDINGS,
  generate: async () => (await import('../config/profiles/findings.ts')).GENERATE_FINDINGS,
  inventory: async () => (await import('../config/inventory/findings.ts')).INVENTORY_FINDINGS,
  joiner: async () => (await import('../config/joiner/findings.ts')).JOINER_FINDINGS,
  divergence: async () => (await import('./ensemble/findings.ts')).DIVERGENCE_FINDINGS,
  health: async () => (await import('./health/findings.ts')).HEALTH_FINDINGS,
  network: async () => (await import('./health/network/findings.ts')).NETWORK_FINDINGS,
  log: async () => ({ ...(await import('../formats/txnlog/findings.ts')).LOG_FINDINGS, ...(await repairs()).log }),
  story: async () => (await import('./log-story/findings.ts')).STORY_FINDINGS,
  tail: async () => (await import('./tail-log/findings.ts')).TAIL_FINDINGS,
  pipeline: async () => (await import('./ensemble/findings.ts')).PIPELINE_FINDINGS,
  tree: async () => ({
    ...(await import('./tree-findings.ts')).TREE_FINDINGS,
    ...(await import('./lint-snapshot/findings.ts')).TREE_LINT_FINDINGS,
  }),
  reconfig: async () => (await import('./reconfig/findings.ts')).RECONFIG_FINDINGS,
  roll: async () => (await import('./roll/findings.ts')).ROLL_FINDINGS,
  znode: async () => (await import('./znode/findings.ts')).ZNODE_FINDINGS,
  purge: async () => (await import('./data-dir/findings.ts')).PURGE_FINDINGS,
  snapshot: async () => ({
    ...(await import('../formats/snapshot/findings.ts')).SNAPSHOT_FINDINGS,
    ...(await import('./snapshot-salvage/catalogue.ts')).SALVAGE_FINDINGS,
    ...(await repairs()).snapshot,
  }),
}

export interface Explanation extends FindingExplanation {
  readonly code: string
}

/** Every finding code that zkops can print, sorted. */
export async function listExplanations(): Promise<readonly Explanation[]> {
  const catalogues = await Promise.all(Object.values(AREAS).map((load) => load()))
  return catalogues
    .flatMap((catalogue) => Object.entries(catalogue).map(([code, explanation]) => ({ code, ...explanation })))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** One code; throws `usage.unknown-code` with the nearest one. */
export async function explain(code: string): Promise<Explanation> {
  const explanation = (await AREAS[code.split('.', 1)[0]!]?.())?.[code]
  if (explanation !== undefined) return { code, ...explanation }
  const nearest = didYouMean(
    code,
    (await listExplanations()).map((known) => known.code),
  )
  throw new ZkopsError('usage.unknown-code', `There is no finding code "${code}"`, {
    hint: nearest === undefined ? 'zkops explain lists all of them.' : `Did you mean ${nearest}?`,
  })
}
