import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsError } from '../support/errors.ts'
import { zookeeperLine } from './config-flags.ts'

/** What the doctor looks at. */
export const DOCTOR_PLACE = Args.string({
  description: 'data directory, its version-2, or a zoo.cfg; that of --config unless given',
})

/** How the server would start. */
export const DOCTOR = {
  server: zookeeperLine({
    summary: 'The release or line that is to start; the newest line by default.',
    aliases: ['zookeeper'],
  }),
  role: Flags.option({
    summary: 'How it starts; by default as its zoo.cfg says, else by myid and epoch files.',
    options: ['standalone', 'quorum'] as const,
  })(),
  config: Flags.string({
    summary: "The server's zoo.cfg; java.env and myid are read with it.",
    helpValue: '<zoo.cfg>',
  }),
  'log-dir': Flags.string({ summary: 'Where the logs lie apart (dataLogDir).', helpValue: '<dir>' }),
  'jvm-flag': Flags.string({
    summary: 'A system property of its JVM, e.g. -Djute.maxbuffer=4194304; may be given more than once.',
    helpValue: '<-Dk=v>',
    multiple: true,
  }),
  peer: Flags.string({
    summary: 'Directories of other members, or their zoo.cfg: which of them has what the start drops.',
    helpValue: '<dir>',
    multiple: true,
  }),
}

interface Given {
  readonly server?: string | undefined
  readonly role?: 'standalone' | 'quorum' | undefined
  readonly config?: string | undefined
  readonly 'log-dir'?: string | undefined
  readonly 'jvm-flag'?: string[] | undefined
  readonly peer?: string[] | undefined
}

/** As the doctor takes them. Throws `usage` when nothing is named. */
export function doctorOptions(named: string | undefined, { server, role, config, peer, ...flags }: Given) {
  const dir = named ?? config
  if (dir === undefined) {
    throw new ZkopsError('usage', 'Which directory? Give it as the argument, or its zoo.cfg with --config', {
      hint: 'The argument comes before --peer and --jvm-flag, which take several words.',
    })
  }
  return { dir, server, role, config, logDir: flags['log-dir'], jvmFlags: flags['jvm-flag'] ?? [], peers: peer ?? [] }
}

/** `--jvm-flag -Da=1 -Db=2`: what begins with -D is never a flag of ours. */
export function spelledOut(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) =>
    word.startsWith('-D') && argv[i - 1] !== '--jvm-flag' ? ['--jvm-flag', word] : [word],
  )
}
