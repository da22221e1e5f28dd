import * as Flags from '@oclif/core/flags'
import { duration, size } from './flags.ts'
import { juteMaxbuffer } from './log-flags.ts'

/** Where things lie on the members. */
export const PLACES = {
  'data-dir': Flags.string({ summary: 'dataDir on the members.', default: '/var/lib/zookeeper' }),
  'log-dir': Flags.string({ summary: 'dataLogDir on the members.', helpValue: '<dir>' }),
  'conf-dir': Flags.string({ summary: 'Where the files lie on the members.', default: '/etc/zookeeper' }),
  'zookeeper-home': Flags.string({ summary: 'Where ZooKeeper lies on the members.', default: '/opt/zookeeper' }),
}

/** What is known about the load of servers that are to be made. */
export const LOAD = {
  'data-size': size({ summary: 'Paths and data of all znodes: zk_approximate_data_size.', helpGroup: 'LOAD' }),
  'write-rate': Flags.integer({ summary: 'Writes a second.', min: 0, helpGroup: 'LOAD' }),
  sessions: Flags.integer({ summary: 'Sessions at the same time.', min: 0, helpGroup: 'LOAD' }),
  watches: Flags.integer({ summary: 'Watches on one server.', min: 0, helpGroup: 'LOAD' }),
  'round-trip': duration({ summary: 'The longest way from a voter to another and back.', helpGroup: 'LOAD' }),
  'from-data': Flags.string({
    summary: 'Read the size of the tree, sessions and write rate from this data directory, where no flag says them.',
    helpValue: '<dir>',
    helpGroup: 'LOAD',
  }),
  'from-logs': Flags.string({
    summary: 'Where its logs lie, when apart.',
    helpValue: '<dir>',
    dependsOn: ['from-data'],
    helpGroup: 'LOAD',
  }),
  'jute-maxbuffer': juteMaxbuffer,
}
