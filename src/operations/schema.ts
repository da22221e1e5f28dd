import { SCHEMAS } from '../schemas/index.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'

/** Names of all published schemas, sorted. */
export function listSchemas(): readonly string[] {
  return Object.keys(SCHEMAS).sort()
}

/** The JSON Schema of a result; `words` as typed: `log verify`, `log-verify` and `log:verify` are the same. */
export async function findSchema(words: readonly string[]): Promise<object> {
  const name = words.join('-').replaceAll(/[: ]/g, '-')
  const load = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined
  if (load !== undefined) return load()
  const nearest = didYouMean(name, listSchemas())
  throw new ZkopsError('usage.unknown-schema', `There is no schema "${name}"`, {
    hint: nearest === undefined ? 'zkops schema lists all of them.' : `Did you mean ${nearest}?`,
  })
}
