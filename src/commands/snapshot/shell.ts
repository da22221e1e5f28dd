import { StreamCommand } from '../../cli/base-command.ts'
import { exitCodeOf } from '../../cli/exit-codes.ts'
import { inputLines } from '../../cli/read-lines.ts'
import { TREE, TREE_PLACE, treeOf } from '../../cli/tree-flags.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { shellIn } from '../../operations/look-into/shell.ts'
import { shellText } from '../../render/snapshot-shell.ts'
import { printable } from '../../render/style.ts'
import { ZkopsError } from '../../support/errors.ts'

export default class SnapshotShell extends StreamCommand {
  static override summary = 'Look around in a tree, interactively, without a server.'
  static override description =
    'Opens a snapshot, or a data directory at a moment, once, and answers ls, cd, cat, stat, tree, find and du about it, with history and completion over paths; help lists the commands. Commands can be piped in as well: each line is answered on stdout, and the exit code is that of the first one that failed. Nothing is changed.'
  static override examples = [
    {
      description: 'A few questions from a script; without a pipe it is interactive.',
      command: "printf 'cd /app\\nls -l\\n' | <%= config.bin %> <%= command.id %> version-2",
    },
    {
      description: 'As it was behind a transaction.',
      command: "echo 'stat /app' | <%= config.bin %> <%= command.id %> version-2 --at 0x188",
    },
  ]
  static override args = { place: TREE_PLACE }
  static override flags = TREE
  protected override readonly instead: string = 'ls, stat, tree or du'

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SnapshotShell)
    const { signal, progress } = this
    const look = await lookInto({ ...treeOf(args.place, flags), signal, progress })
    this.report(look.findings)
    const shell = shellIn(look, signal)
    const reader = { prompt: () => `${printable(shell.path())}> `, complete: shell.complete }
    for await (const line of inputLines(reader, signal)) {
      try {
        const answer = await shell.answer(line)
        if (answer.kind === 'exit') break
        this.output.write(shellText(answer, look, this.stdoutTerminal.style))
      } catch (error) {
        if (!(error instanceof ZkopsError) || signal.aborted) throw error
        this.output.flush()
        this.note(printable(`${error.message}${error.hint === undefined ? '' : `. ${error.hint}`}`), 'error')
        if (!process.stdin.isTTY) process.exitCode ??= exitCodeOf(error)
      }
      this.output.flush()
    }
  }
}
