import { type ErrorCode, ZkopsError } from '../../support/errors.ts'

interface KnownCode {
  readonly name: string
  /** What to do. */
  readonly hint?: string
}

/** KeeperException codes by number; the addon's own constants end at -118. */
const CODES: Readonly<Record<string, KnownCode>> = {
  '-1': { name: 'system-error' },
  '-2': { name: 'runtime-inconsistency' },
  '-3': { name: 'data-inconsistency' },
  '-4': { name: 'connection-loss', hint: 'The request may have been carried out or not: look before it is repeated.' },
  '-5': { name: 'marshalling-error', hint: 'The server could not read the request.' },
  '-6': { name: 'unimplemented', hint: 'This server is too old for it, or runs standalone.' },
  '-7': { name: 'operation-timeout' },
  '-8': { name: 'bad-arguments' },
  '-9': { name: 'invalid-state' },
  '-12': { name: 'unknown-session' },
  '-13': {
    name: 'new-config-no-quorum',
    hint: 'Too few voters of the new membership are connected and in sync: start or repair the joiners first.',
  },
  '-14': {
    name: 'reconfig-in-progress',
    hint: 'Another change is on its way: wait and look again. If it stays, a change was proposed that finds no quorum.',
  },
  '-15': { name: 'ephemeral-on-local-session' },
  '-100': { name: 'api-error' },
  '-101': { name: 'no-node' },
  '-102': { name: 'no-auth', hint: 'Give --auth-user and the password of somebody who is allowed to.' },
  '-103': { name: 'bad-version', hint: 'It was changed in between: look again.' },
  '-108': { name: 'no-children-for-ephemerals' },
  '-110': { name: 'node-exists' },
  '-111': { name: 'not-empty' },
  '-112': { name: 'session-expired' },
  '-113': { name: 'invalid-callback' },
  '-114': { name: 'invalid-acl' },
  '-115': { name: 'auth-failed', hint: 'The server does not know the scheme, or refuses the credentials.' },
  '-116': { name: 'closing' },
  '-117': { name: 'nothing' },
  '-118': { name: 'session-moved' },
  '-119': { name: 'not-read-only', hint: 'This server has no quorum and only reads.' },
  '-120': { name: 'ephemeral-on-local-session' },
  '-121': { name: 'no-watcher' },
  '-122': { name: 'request-timeout' },
  '-123': { name: 'reconfig-disabled', hint: 'Set reconfigEnabled=true on every member; that of the leader decides.' },
  '-124': { name: 'session-closed-require-sasl', hint: 'The server wants SASL, which zkops does not speak.' },
  '-125': { name: 'quota-exceeded' },
  '-127': { name: 'throttled', hint: 'The server is overloaded and drops requests.' },
}

export function errorCodeOf(code: number | string): ErrorCode {
  return `server.${CODES[String(code)]?.name ?? 'error'}`
}

/** Of a rejection, which looks like `-110 node exists` and may hold the data: nothing but the number is taken from it. */
export function serverError(error: unknown, what: string, path: string): ZkopsError {
  const message = error instanceof Error ? error.message : String(error)
  // synchronous failures: fn: "…" args: "…" result: "ZINVALIDSTATE -9"
  const code = /^(-?\d+)/.exec(message)?.[1] ?? /result: "\w* ?(-?\d+)"$/.exec(message)?.[1] ?? '?'
  const known = CODES[code]
  const words = known?.name.replaceAll('-', ' ') ?? 'an unknown error'
  return new ZkopsError(errorCodeOf(code), `${what} ${path} failed: ${words} (${code})`, { hint: known?.hint })
}
