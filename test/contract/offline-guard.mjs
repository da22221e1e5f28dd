// Loaded before zkops (node --import): whatever an offline command must never do ends the process with exit 99.
import childProcess from 'node:child_process'
import module, { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const fail = (what) => {
  process.stderr.write(`offline guard: ${what}\n`)
  process.exit(99)
}
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  childProcess[name] = () => fail(`child_process.${name}`)
}
net.Socket.prototype.connect = () => fail('socket')
net.Server.prototype.listen = () => fail('listener')
syncBuiltinESMExports()
const load = module._load
module._load = (request, ...rest) => (request === 'zookeeper' ? fail('native client') : load(request, ...rest))
module.register(
  `data:text/javascript,${encodeURIComponent(
    "export async function resolve(s, c, next) { if (s === 'zookeeper') throw new Error('offline guard: native client'); return next(s, c) }",
  )}`,
)
