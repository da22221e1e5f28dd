import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

/** A data directory where the configuration may name it instead. */
export const DATA_DIRECTORY = Args.string({ description: 'data directory, or its version-2', ignoreStdin: true })

/** Several of them. */
export const DATA_DIRECTORIES = Args.string({
  description: 'data directories (of a member each), or their version-2',
  ignoreStdin: true,
})

/** Where the files of one data directory lie apart. */
export const DATA_PLACE = {
  config: Flags.string({ summary: 'The zoo.cfg that names dataDir and dataLogDir.', helpValue: '<zoo.cfg>' }),
  'log-dir': Flags.string({ summary: 'Where the logs lie, when apart (dataLogDir).', helpValue: '<dir>' }),
}

/** The same for several data directories. */
export const DATA_PLACES = {
  config: DATA_PLACE.config,
  'log-dir': Flags.string({
    summary: 'Where the logs of a directory lie, when apart; once for each directory, in their order.',
    helpValue: '<dir>',
    multiple: true,
    multipleNonGreedy: true,
  }),
}
