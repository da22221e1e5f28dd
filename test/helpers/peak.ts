import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { BIN } from './cli.ts'

const PEAK =
  "data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process.stderr.write('peak '+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','latin1'))[1]+' KiB'))"

/** The highest memory of a whole process in MiB; what resourceUsage says begins with that of the process that starts it. */
export async function peak(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, ['--import', PEAK, BIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // certificates that some environments add are read at every start
    env: { ...process.env, NODE_ENV: undefined, NODE_EXTRA_CA_CERTS: undefined } as NodeJS.ProcessEnv,
  })
  const said = await text(child.stderr)
  const found = /peak (\d+) KiB/.exec(said)
  if (found === null) throw new Error(said)
  return Number(found[1]) / 1024
}
