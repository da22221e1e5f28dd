import { didYouMean } from '../../support/did-you-mean.ts'
import { aliasOf, isKnownKey, KEYS, keySpec } from '../keys/table.ts'
import { memberRule } from './rule.ts'

/** A file with more unknown keys is no configuration. */
const MOST_GUESSES = 100

const NAMES = KEYS.map(({ name }) => name)

export const rule = memberRule(
  {
    id: 'L-S02',
    code: 'config.unknown-key',
    level: 'MEDIUM',
    summary: 'No server reads this key.',
    cause:
      'A spelling mistake, a wrong case (keys are case-sensitive), or a setting of something else. The server starts all the same: the key becomes a system property that nobody asks for.',
    evidence: 'The key, and the nearest one that exists.',
    remedy: 'Correct or remove it.',
    source: 'QuorumPeerConfig.parseProperties',
  },
  function* (member) {
    let guesses = MOST_GUESSES
    for (const setting of member.settings.values()) {
      const { key } = setting
      if (keySpec(key) !== undefined || aliasOf(key) !== undefined || key.startsWith('zookeeper.')) continue
      if (/^(server\.|group|weight)/.test(key)) continue
      if (/^servers?\.?\d+$/i.test(key)) {
        const id = key.replace(/\D/g, '')
        const message = `${key} is not read as a member: servers look for server.${id}`
        yield {
          setting,
          message,
          level: 'HIGH',
          remedy: `Write server.${id}.`,
          evidence: { didYouMean: `server.${id}` },
        }
        continue
      }
      // providers have keys of their own; a slip of the pen in those of TLS is still one
      if (isKnownKey(key) && !key.startsWith('ssl.')) continue
      const near = guesses-- > 0 ? didYouMean(key, NAMES) : undefined
      if (near === undefined && isKnownKey(key)) continue
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      const remedy = near === undefined ? undefined : `Write ${near}, or remove the line.`
      yield { setting, message: `no server reads ${key}${hint}`, remedy, evidence: { didYouMean: near ?? null } }
    }
  },
)
