import { StreamCommand } from '../../cli/base-command.ts'
import { criteriaOf, FIND } from '../../cli/find-flags.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { KINDS, type NodeKind } from '../../operations/look-into/find.ts'
import { findLive } from '../../operations/znode/find.ts'
import { foundLine } from '../../render/znode-text.ts'

export default class ZnodeFind extends StreamCommand {
  static override summary = 'Find znodes of a live ensemble by path, kind, size, age, owner, access list or value.'
  static override description =
    'Everything given must hold; the znodes found are printed sorted by path. The whole subtree is walked, one request for each znode, one more for each access list (--acl) or value (--data) that is looked at: a large tree is better looked into by its snapshot (snapshot find). Ages are counted back from now and are about the last change of the value. Servers do not tell containers and TTL nodes from persistent ones. Nothing found is an answer, too: exit code 0. Reads only.'
  static override examples = [
    {
      description: 'By kind, with owner and time.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper --kind persistent,ephemeral --long --connect zk1:2181',
    },
    {
      description: 'Access lists and stats for a script.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper --format jsonl',
    },
  ]
  static override args = { znode: ZNODE }
  static override flags = { ...FIND(KINDS), ...ZNODE_FLAGS }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ZnodeFind)
    let line: ReturnType<typeof foundLine> | undefined
    const findings = await findLive(liveOptions(flags), liveContext(this.signal), {
      criteria: criteriaOf<NodeKind>(flags, args.znode),
      sync: flags.sync,
      withAcls: flags.format === 'jsonl',
      progress: this.progress,
      onFound: (znode, look) => {
        line ??= foundLine(flags, look)
        this.output.write(line(znode))
      },
    })
    this.reportBehind(findings)
  }
}
