import { ZkopsCommand } from '../../cli/base-command.ts'
import { DOCTOR, DOCTOR_PLACE, doctorOptions, spelledOut } from '../../cli/doctor-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { type DoctorResult, diagnose } from '../../operations/doctor/doctor.ts'
import { doctorText } from '../../render/data-doctor.ts'

export default class DataDoctor extends ZkopsCommand {
  static override summary = 'Predict what a server will do with a data directory, and what it will silently drop.'
  static override description =
    "Works out from the files alone how a server of a release starts: which snapshot it takes, which logs it reads and where each ends, gaps, digests, epoch files, permissions and configuration. Says whether it serves or refuses and with which message, at which zxid and with how many znodes, what the start drops without a word, what is wrong, and which commands help, from the one that loses nothing to the one that loses most. Use it before every start that you are not sure of: the first start writes over the evidence. Nothing is changed. Permissions are judged for the user that runs it; run it as the server's user."
  static override examples = [
    { description: 'For the newest release line.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'As 3.8.6 would start on it alone, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 --server 3.8.6 --role standalone --json',
    },
    {
      description: 'A server that reads larger records, and which other directory has what is missing.',
      command: '<%= config.bin %> <%= command.id %> damaged --jvm-flag -Djute.maxbuffer=4194304 --peer version-2',
    },
  ]
  static override args = { directory: DOCTOR_PLACE }
  static override flags = DOCTOR

  async run(): Promise<DoctorResult> {
    const { args, flags } = await this.parse(DataDoctor, spelledOut(this.argv))
    const { signal, progress } = this
    const result = await diagnose({ ...doctorOptions(args.directory, flags), signal, progress })
    this.print(doctorText(result, this.stdoutTerminal.style))
    const fine = result.prediction.outcome === 'serves' && result.loss.length === 0
    process.exitCode = fine ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
