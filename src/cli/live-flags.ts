import * as Flags from '@oclif/core/flags'
import { askSecret } from './ask-secret.ts'
import { duration } from './flags.ts'

const LIVE_GROUP = { helpGroup: 'ENSEMBLE' } as const

/** What every live command takes: which servers to work on, and how to get in. */
export const LIVE = {
  ensemble: Flags.string({
    summary: 'An ensemble of zkops.yaml; ZKOPS_ENSEMBLE, its only or its default one without this flag.',
    helpValue: '<name>',
    ...LIVE_GROUP,
  }),
  connect: Flags.string({ summary: 'Servers by their client ports.', helpValue: '<host:port,…>', ...LIVE_GROUP }),
  config: Flags.string({ summary: 'A zoo.cfg that names the servers.', helpValue: '<zoo.cfg>', ...LIVE_GROUP }),
  inventory: Flags.string({
    summary: 'The zkops.yaml to read, not the one found from the working directory upwards or in ~/.config/zkops.',
    helpValue: '<zkops.yaml>',
    ...LIVE_GROUP,
  }),
  'auth-user': Flags.string({
    summary: 'Who to be; the password comes from --password-file, ZKOPS_PASSWORD or a prompt.',
    helpValue: '<user>',
    ...LIVE_GROUP,
  }),
  'auth-scheme': Flags.string({
    summary: 'The scheme of --auth-user; digest without it.',
    helpValue: '<scheme>',
    ...LIVE_GROUP,
  }),
  'password-file': Flags.string({
    summary: 'A file whose first line is the password.',
    helpValue: '<file>',
    ...LIVE_GROUP,
  }),
  'tls-ca': Flags.string({
    summary: 'Speak TLS; trust the authorities in this PEM file.',
    helpValue: '<pem>',
    ...LIVE_GROUP,
  }),
  'tls-cert': Flags.string({
    summary: 'Speak TLS; the own certificate with its chain.',
    helpValue: '<pem>',
    ...LIVE_GROUP,
  }),
  'tls-key': Flags.string({ summary: 'The private key of --tls-cert.', helpValue: '<pem>', ...LIVE_GROUP }),
  'tls-servername': Flags.string({
    summary: 'Speak TLS; the name that certificates must be for.',
    helpValue: '<name>',
    ...LIVE_GROUP,
  }),
  timeout: duration({ summary: 'How long one server may take; 5s without it.', ...LIVE_GROUP }),
}

interface LiveFlags {
  readonly ensemble: string | undefined
  readonly connect: string | undefined
  readonly config: string | undefined
  readonly inventory: string | undefined
  readonly 'auth-user': string | undefined
  readonly 'auth-scheme': string | undefined
  readonly 'password-file': string | undefined
  readonly 'tls-ca': string | undefined
  readonly 'tls-cert': string | undefined
  readonly 'tls-key': string | undefined
  readonly 'tls-servername': string | undefined
  readonly timeout: number | undefined
}

/** The same as operations take it. */
export function liveOptions(flags: LiveFlags) {
  const { ensemble, connect, config, inventory } = flags
  return {
    ...{ ensemble, connect, config, inventory, timeoutMs: flags.timeout },
    ...{ authUser: flags['auth-user'], authScheme: flags['auth-scheme'], passwordFile: flags['password-file'] },
    ...{ tlsCa: flags['tls-ca'], tlsCert: flags['tls-cert'], tlsKey: flags['tls-key'] },
    tlsServername: flags['tls-servername'],
  }
}

/** What a session needs of the terminal. */
export function liveContext(signal: AbortSignal) {
  return { ask: (question: string) => askSecret(question, signal), signal }
}

/** For commands about files that may ask running members, too: which ones, when they are to be asked at all. */
export const RUNNING = {
  ensemble: Flags.string({
    summary: 'Ask the running members of this ensemble of zkops.yaml.',
    helpValue: '<name>',
    ...LIVE_GROUP,
  }),
  connect: Flags.string({
    summary: 'Ask running members by their client ports.',
    helpValue: '<host:port,…>',
    ...LIVE_GROUP,
  }),
  inventory: LIVE.inventory,
  timeout: LIVE.timeout,
}

/** Undefined: nobody is to be asked. */
export function runningOptions(flags: {
  readonly ensemble: string | undefined
  readonly connect: string | undefined
  readonly inventory: string | undefined
  readonly timeout: number | undefined
}) {
  const { ensemble, connect, inventory, timeout } = flags
  return [ensemble, connect, inventory].every((value) => value === undefined)
    ? undefined
    : { ensemble, connect, inventory, timeoutMs: timeout }
}
