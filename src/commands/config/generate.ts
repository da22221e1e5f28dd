import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { INVENTORY_MEMBERS, zookeeperLine } from '../../cli/config-flags.ts'
import { size } from '../../cli/flags.ts'
import { LOAD, PLACES } from '../../cli/generate-flags.ts'
import { EXTRAS, type ExplainedResult, generateConfig, LOG_DEVICES } from '../../operations/generate-config/generate.ts'
import { fmtText } from '../../render/config-fmt.ts'
import { explainedText } from '../../render/config-generate.ts'

export default class ConfigGenerate extends ChangeCommand {
  static override summary = 'Make the files of every member from a hardware profile and some facts.'
  static override description =
    'Writes a folder for each member with zoo.cfg, the dynamic file, myid, java.env, a systemd unit, logging and a script that puts them in place. Each value has its reason in a comment above it and follows from the profile, the flags and nothing else: the same input gives the same bytes on every machine. --with adds files for Compose, Kubernetes, Prometheus, Nagios, cron and systemd timers. Files that are there and differ are shown as a diff and kept beside the new ones. Templates of your own in ~/.config/zkops/templates come before those of zkops. Check the result with config lint.'
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
    {
      description: 'Sized by what a server has today, with what Kubernetes and monitoring want.',
      command:
        '<%= config.bin %> <%= command.id %> --profile medium --from-data version-2 --server 1=zk1 2=zk2 3=zk3 --with kubernetes prometheus --output generated --execute',
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
    ...PLACES,
    'log-device': Flags.option({ summary: 'What dataLogDir lies on.', options: LOG_DEVICES })(),
    'log-device-size': size({ summary: 'What that device holds.' }),
    ...LOAD,
    with: Flags.option({ summary: 'Make these, too.', options: EXTRAS, multiple: true, delimiter: ',' })(),
    name: Flags.string({ summary: 'What the ensemble is called in them.', default: 'zookeeper' }),
    set: Flags.string({ summary: 'key=value for every member; flags of the JVM go to java.env.', multiple: true }),
    detect: Flags.boolean({ summary: 'Take memory, cores and log device from this machine where no flag says them.' }),
    explain: Flags.boolean({ summary: 'Show every value with its rule and inputs.' }),
  }

  async run(): Promise<ExplainedResult> {
    const { flags } = await this.parse(ConfigGenerate)
    const options = {
      ...{ profile: flags.profile, servers: flags.server ?? [], zookeeper: flags.zookeeper, output: flags.output },
      ...{ inventory: flags.inventory, ensemble: flags.ensemble },
      ...{ dataDir: flags['data-dir'], logDir: flags['log-dir'], confDir: flags['conf-dir'] },
      ...{ zookeeperHome: flags['zookeeper-home'], set: flags.set ?? [], detect: flags.detect },
      ...{ name: flags.name, extras: flags.with ?? [] },
      facts: {
        ...{ ramBytes: flags.ram, cores: flags.cores },
        ...{ logDevice: flags['log-device'], logDeviceBytes: flags['log-device-size'] },
        ...{ dataBytes: flags['data-size'], writesPerSecond: flags['write-rate'] },
        roundTripMs: flags['round-trip'],
        ...{ sessions: flags.sessions, watches: flags.watches },
      },
    }
    const { change, diffs, members, evidence } = await generateConfig(options, {
      ...{ place: flags['from-data'], logDir: flags['from-logs'], juteMaxbuffer: flags['jute-maxbuffer'] },
      ...{ signal: this.signal, progress: this.progress },
    })
    const { style } = this.stdoutTerminal
    if (flags.explain) this.print(explainedText(members, evidence, style))
    this.print(fmtText(diffs, style))
    return { ...(await this.change(change, flags)), ...(flags.explain ? { members, evidence } : {}) }
  }
}
