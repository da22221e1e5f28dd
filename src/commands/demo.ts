import { ZkopsCommand } from '../cli/base-command.ts'
import { type DemoResult, runDemo } from '../operations/demo.ts'
import { demoEndText, demoStepText } from '../render/demo.ts'

export default class Demo extends ZkopsCommand {
  static override summary = 'Show what zkops does, on sample files and on a real ensemble.'
  static override description =
    'Reads the log of a real server that comes with the package; then, where Java and Maven are installed, brings up three real servers, writes to them, dumps the log that was just written, and takes everything down again. Each step prints the command that you would type. Needs no terminal, no server and no configuration.'
  static override examples = [
    { description: 'The tour.', command: '<%= config.bin %> demo' },
    { description: 'What ran, as JSON; the steps print on stderr.', command: '<%= config.bin %> demo --json' },
  ]

  async run(): Promise<DemoResult> {
    await this.parse(Demo)
    const { style } = this.stdoutTerminal
    const result = await runDemo({
      root: this.config.root,
      outputTo: this.jsonEnabled() ? 2 : 1,
      signal: this.signal,
      onStep: (step) => {
        this.print(demoStepText(step, style))
        this.output.flush()
      },
    })
    this.print(demoEndText(result, style))
    return result
  }
}
