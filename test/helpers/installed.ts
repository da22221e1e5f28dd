import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, type CliResult, run } from './cli.ts'

/** A machine on which zkops is installed: runs what emitted files say, as it stands there. */
export interface Machine {
  /** Where the test finds what lies in /var/lib there. */
  readonly varLib: string
  /** `path`: the PATH that the file itself sets, or that of the program that reads it. */
  run(command: readonly string[], path: string): Promise<CliResult>
}

const IN_PLACE = 'mount --bind "$1" /var/lib && mount --bind "$2" /usr/local/sbin && shift 2 && exec "$@"'

/** Folders of the test in their places for one process only; where that is not allowed, their names in the command. */
export const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0

/** `nodeOptions`: for the processes of zkops. */
export function installedMachine(folder: string, nodeOptions = ''): Machine {
  const [varLib, sbin] = [join(folder, 'var-lib'), join(folder, 'sbin')]
  for (const place of [join(varLib, 'zkops'), join(varLib, 'prometheus/node-exporter'), sbin])
    mkdirSync(place, { recursive: true })
  writeFileSync(join(sbin, 'zkops'), `#!/bin/sh\nexec ${process.execPath} ${BIN} "$@"\n`)
  chmodSync(join(sbin, 'zkops'), 0o755)
  const own = (text: string) => (mayMount ? text : text.replaceAll('/var/lib/', `${varLib}/`))
  return {
    varLib,
    run(command, path) {
      const places = mayMount ? path : `${sbin}:${path}`
      const clean = ['env', '-i', `PATH=${places}`, `NODE_OPTIONS=${nodeOptions}`, ...command.map(own)]
      return mayMount
        ? run('unshare', ['-rm', 'sh', '-c', IN_PLACE, 'sh', varLib, sbin, ...clean])
        : run('env', clean.slice(1))
    },
  }
}
