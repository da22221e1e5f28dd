import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { duration } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type CertsResult, checkCertificates } from '../../operations/certs/check.ts'
import { certsText } from '../../render/health-certs.ts'

const DAY_MS = 86_400_000
const HOPELESS = ['closed', 'silent', 'unreachable']

export default class HealthCerts extends ZkopsCommand {
  static override summary = 'The certificates of an ensemble: what its ports show and what its files hold.'
  static override description =
    'Looks at the certificates that the ports of members show (client, quorum, election, AdminServer) and at the key and trust stores of their zoo.cfg (JKS, PKCS12, PEM), and says what ends when, what is not for the name of its member, which member does not trust which, and what a server shows though its file holds another one. Ports between servers are asked only when they are known to speak TLS: by a zoo.cfg, or by --quorum-tls. Each question is one handshake that ends at once; a server may log that its client went away. With FILES alone nobody is asked. Passwords are taken from the files that the configuration names and never shown.'
  static override examples = [
    { description: 'Of an ensemble of zkops.yaml.', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: "With a member's configuration: its stores, and the ports of all members.",
      command: '<%= config.bin %> <%= command.id %> --config conf/zoo.cfg',
    },
    {
      description: 'Files alone, for a script.',
      command: '<%= config.bin %> <%= command.id %> conf/zoo.cfg --warn-before 60d --json',
    },
  ]
  static override args = {
    files: Args.string({ description: "configuration files, or folders of members' folders", ignoreStdin: true }),
  }
  static override strict = false
  static override flags = {
    ...LIVE,
    'quorum-tls': Flags.boolean({ summary: 'All members speak TLS with each other: ask their ports, too.' }),
    'warn-before': duration({
      summary: 'So long before its end a certificate is a warning.',
      default: 30 * DAY_MS,
      defaultHelp: async () => '30d',
    }),
    'critical-before': duration({
      summary: 'So long before its end it is critical.',
      default: 7 * DAY_MS,
      defaultHelp: async () => '7d',
    }),
  }

  async run(): Promise<CertsResult> {
    const { flags, argv } = await this.parse(HealthCerts)
    const result = await checkCertificates({
      ...liveOptions(flags),
      files: argv as string[],
      quorumTls: flags['quorum-tls'],
      warnMs: flags['warn-before'],
      criticalMs: flags['critical-before'],
      signal: this.signal,
    })
    this.print(await certsText(result, this.stdoutTerminal.style))
    process.exitCode = exitCodeOf(result)
    return result
  }
}

function exitCodeOf({ status, ports, stores }: CertsResult): number {
  const nobody = ports.length > 0 && stores.length === 0 && ports.every(({ state }) => HOPELESS.includes(state))
  if (nobody) return ExitCode.Unreachable
  return status === 'ok' || status === 'unknown' ? ExitCode.Ok : ExitCode.Findings
}
