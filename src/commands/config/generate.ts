import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { INVENTORY_MEMBERS, zookeeperLine } from '../../cli/config-flags.ts'
import { size } from '../../cli/flags.ts'
import { type ExplainedMember, LOG_DEVICES, planGenerate } from '../../operations/generate-config/generate.ts'
import { fmtText } from '../../render/config-fmt.ts'
import { explainedText } from '../../render/config-generate.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class ConfigGenerate extends ChangeCommand {
  static override summary = 'Make the files of every member from a hardware profile and some facts.'
  static override description =
    'Writes a folder for each member with zoo.cfg, the dynamic file, myid, java.env, a systemd unit, logging and a script that puts them in place. Each value has its reason in a comment above it and follows from the profile, the flags and nothing else: the same input gives the same bytes on every machine. Files that are there and differ are shown as a diff and kept beside the new ones. Templates of your own in ~/.config/zkops/templates/config come before those of zkops. Check the result with config lint.'
  static override examples = [
    {
      description: 'Three members from two facts: 8 GB of memory, an SSD for the logs.',
      command:
        "<%= config.bin %> <%= command.id %> --profile medium --ram 8GiB --log-dir /ssd/zookeeper --log-device ssd --server '1=zk1:2888:3888' '2=zk2:2888:3888' '3=zk3:2888:3888' --output generated --execute",
    },
    {
      description: 'Every value with its reason, nothing written.',
      command:
        '<%= config.bin %> <%= command.id %> --profile small --server 1=zk1 2=zk2 3=zk3 --output generated --explain --dry-run',
    },
    {
      description: 'The members of an inventory.',
      command:
        '<%= config.bin %> <%= command.id %> --profile small --inventory zkops.yaml --output generated --dry-run',
    },
  ]
  static override flags = {
    profile: Flags.string({ summary: 'A name from config profiles, or the file of one.', required: true }),
    server: Flags.string({
      summary: 'ID=HOST[:QUORUM:ELECTION[:ROLE]][;CLIENT] of each member; whatever a server line takes.',
      multiple: true,
      exactlyOne: ['server', 'inventory'],
    }),
    ...INVENTORY_MEMBERS,
    zookeeper: zookeeperLine({ summary: 'The release or line of the servers; the newest without it.' }),
    output: Flags.string({ summary: "The folder for the members' folders.", required: true, helpValue: '<dir>' }),
    ram: size({ summary: "Memory of each machine, or its container's limit; the profile's without it." }),
    cores: Flags.integer({ summary: 'Cores of each machine.', min: 1 }),
    'data-dir': Flags.string({ summary: 'dataDir on the members.', default: '/var/lib/zookeeper' }),
    'log-dir': Flags.string({ summary: 'dataLogDir on the members.', helpValue: '<dir>' }),
    'log-device': Flags.option({ summary: 'What dataLogDir lies on.', options: LOG_DEVICES })(),
    'conf-dir': Flags.string({ summary: 'Where the files lie on the members.', default: '/etc/zookeeper' }),
    'zookeeper-home': Flags.string({ summary: 'Where ZooKeeper lies on the members.', default: '/opt/zookeeper' }),
    'data-size': size({ summary: 'Paths and data of all znodes: zk_approximate_data_size.' }),
    'write-rate': Flags.integer({ summary: 'Writes a second.', min: 0 }),
    set: Flags.string({ summary: 'key=value for every member; flags of the JVM go to java.env.', multiple: true }),
    detect: Flags.boolean({ summary: 'Take memory, cores and log device from this machine where no flag says them.' }),
    explain: Flags.boolean({ summary: 'Show every value with its rule and inputs.' }),
  }

  async run(): Promise<(PlanResult | ChangeResult) & { members?: readonly ExplainedMember[] }> {
    const { flags } = await this.parse(ConfigGenerate)
    const { change, diffs, members } = planGenerate({
      ...{ profile: flags.profile, servers: flags.server ?? [], zookeeper: flags.zookeeper, output: flags.output },
      ...{ inventory: flags.inventory, ensemble: flags.ensemble },
      ...{ dataDir: flags['data-dir'], logDir: flags['log-dir'], confDir: flags['conf-dir'] },
      ...{ zookeeperHome: flags['zookeeper-home'], set: flags.set ?? [], detect: flags.detect },
      facts: {
        ramBytes: flags.ram ?? null,
        cores: flags.cores ?? null,
        logDevice: flags['log-device'] ?? null,
        dataBytes: flags['data-size'] ?? null,
        writesPerSecond: flags['write-rate'] ?? null,
      },
    })
    const { style } = this.stdoutTerminal
    if (flags.explain) this.print(explainedText(members, style))
    this.print(fmtText(diffs, style))
    return { ...(await this.change(change, flags)), ...(flags.explain ? { members } : {}) }
  }
}
