import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { LIVE, liveContext, liveOptions } from '../../cli/live-flags.ts'
import { ZNODE } from '../../cli/znode-flags.ts'
import { watchZnode } from '../../operations/znode/watch.ts'
import { sightingLine } from '../../render/znode-watch.ts'

export default class ZnodeWatch extends StreamCommand {
  static override summary = 'Tell what happens to a znode of a live ensemble.'
  static override description =
    'Prints how it is, then a line for each change, until interrupted: created, changed, deleted, and with --children which names came and went. It may be watched before it exists. A watch is told once and set again at once, so of several changes in quick succession the last is seen, with its version. Reads only; log tail shows every transaction.'
  static override examples = [
    {
      description: 'Changes of the membership, the first only.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper/config --count 1 --connect zk1:2181',
    },
    {
      description: 'Members that come and go, for three seconds, as lines of JSON.',
      command: 'timeout 3 <%= config.bin %> <%= command.id %> /zookeeper --children --format jsonl | head -n 1',
    },
  ]
  static override args = { znode: ZNODE }
  static override flags = {
    children: Flags.boolean({ summary: 'Tell of children that come and go, too.' }),
    count: Flags.integer({ summary: 'End behind so many lines.', min: 1 }),
    format: Flags.option({
      summary: 'How to print.',
      options: ['text', 'jsonl'] as const,
      default: 'text' as const,
    })(),
    'data-width': Flags.integer({ summary: 'Characters of the value in text.', min: 0, default: 60 }),
    ...LIVE,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ZnodeWatch)
    const line = sightingLine({ format: flags.format, width: flags['data-width'] }, this.stdoutTerminal.style)
    await watchZnode(liveOptions(flags), liveContext(this.signal), {
      path: args.znode,
      children: flags.children,
      count: flags.count,
      onSighting: (sighting) => {
        this.output.write(line(sighting))
        this.output.flush()
      },
    })
  }
}
