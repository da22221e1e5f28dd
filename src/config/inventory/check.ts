/* What is wrong with an inventory beyond its schema, and all of it as findings. */
import type { SchemaProblem } from '../../support/check-schema.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { parseAddress, parseConnect } from './connect.ts'
import { INVENTORY_FINDINGS } from './findings.ts'
import type { YamlPath } from './yaml.ts'

export interface InventoryProblem {
  readonly path: YamlPath
  readonly finding: Finding
}

type Raw = Readonly<Record<string, unknown>>

/** `problems`: what the schema says. */
export function inventoryProblems(
  file: string,
  value: unknown,
  problems: readonly SchemaProblem[],
  lineOf: (path: YamlPath) => number,
): readonly InventoryProblem[] {
  const found = (code: string, path: YamlPath, message: string, evidence: Raw = {}): InventoryProblem => {
    const severity = code === 'inventory.unknown-field' ? 'warning' : 'error'
    const { remedy } = INVENTORY_FINDINGS[code]!
    const line = lineOf(path)
    const text = path.length === 0 ? message : `${pathText(path)}: ${message}`
    return {
      path,
      finding: { code, severity, message: text, file, key: pathText(path), evidence: { line, ...evidence }, remedy },
    }
  }
  const of = ({ kind, path, message, near }: SchemaProblem): InventoryProblem => {
    if (kind === 'unknown' && /^password$/i.test(String(path.at(-1)))) {
      return found('inventory.password', path, 'a password does not belong here')
    }
    const meant = near === undefined ? message : `${message}; did you mean ${near}?`
    const code = { unknown: 'unknown-field', missing: 'missing-field', wrong: 'wrong-value' }[kind]
    return found(`inventory.${code}`, path, meant, near === undefined ? {} : { didYouMean: near })
  }
  return [...problems.map(of), ...[...furtherProblems(value)].map((one) => found(...one))]
}

type Further = readonly [code: string, path: YamlPath, message: string]

/** Only where the schema has nothing to say. */
function* furtherProblems(value: unknown): Generator<Further> {
  const { ensembles, default: standard } = recordOf(value)
  const all = recordOf(ensembles)
  if (typeof standard === 'string' && !Object.hasOwn(all, standard)) {
    yield ['inventory.wrong-value', ['default'], `there is no ensemble ${standard}`]
  }
  for (const [name, one] of Object.entries(all)) yield* ensembleProblems(['ensembles', name], recordOf(one))
}

function* ensembleProblems(path: YamlPath, { servers, connect }: Raw): Generator<Further> {
  if (servers === undefined && connect === undefined) {
    yield ['inventory.missing-field', path, 'servers or connect is missing']
  }
  if (typeof connect === 'string' && isWrong(() => parseConnect(connect))) {
    yield ['inventory.wrong-value', [...path, 'connect'], 'expected host:port,…']
  }
  if (!Array.isArray(servers)) return
  const seen = new Set<unknown>()
  for (const [i, server] of servers.entries()) {
    const { id, addresses } = recordOf(server)
    if (seen.has(id)) yield ['inventory.duplicate-server', [...path, 'servers', i], `the id ${id} is taken`]
    if (id !== undefined) seen.add(id)
    if (!Array.isArray(addresses)) continue
    for (const [j, address] of addresses.entries()) {
      if (typeof address !== 'string' || isAddressPair(address)) continue
      yield ['inventory.wrong-value', [...path, 'servers', i, 'addresses', j], 'expected host:quorumPort:electionPort']
    }
  }
}

function isAddressPair(text: string): boolean {
  const [, host, quorum] = /^(.*):(\d+):\d+$/.exec(text) ?? []
  return host !== undefined && !isWrong(() => parseAddress(`${host}:${quorum}`))
}

function isWrong(parse: () => unknown): boolean {
  try {
    parse()
    return false
  } catch (error) {
    if (error instanceof ZkopsError) return true
    throw error
  }
}

function recordOf(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {}
}

/** `ensembles.prod.servers[0].ports`. */
function pathText(path: YamlPath): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${step}`)).join('')
}
