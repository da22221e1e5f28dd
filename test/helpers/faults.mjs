// Loaded with --import: counts the changes that a program makes to the file system (and the reads of what it reads in
// pieces), and at the one whose number is ZKOPS_FAULT_AT does what ZKOPS_FAULT says: KILL, SIGINT, or fails with that
// system error. Without a number the count goes to the file ZKOPS_FAULT_COUNT.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { ZKOPS_FAULT, ZKOPS_FAULT_AT, ZKOPS_FAULT_COUNT } = process.env
let steps = 0

function step() {
  steps++
  if (steps !== Number(ZKOPS_FAULT_AT)) return
  if (ZKOPS_FAULT === 'KILL') process.kill(process.pid, 'SIGKILL')
  else if (ZKOPS_FAULT === 'SIGINT') process.kill(process.pid, 'SIGINT')
  else throw Object.assign(new Error(`${ZKOPS_FAULT}: injected`), { code: ZKOPS_FAULT })
}

for (const name of ['mkdir', 'mkdtemp', 'chmod', 'rename', 'link', 'symlink', 'unlink', 'copyFile', 'utimes']) {
  const real = fs.promises[name]
  fs.promises[name] = async (...args) => {
    step()
    return real(...args)
  }
}
/** Descriptors of files that are written; output to a terminal or pipe is no step. */
const written = new Set()
const writeSync = fs.writeSync
fs.writeSync = (fd, ...rest) => {
  if (written.has(fd)) step()
  return writeSync(fd, ...rest)
}
const open = fs.promises.open
fs.promises.open = async (file, flags, ...rest) => {
  const reads = flags === 'r' || (typeof flags === 'number' && (flags & 3) === fs.constants.O_RDONLY)
  if (!reads) step()
  const handle = await open(file, flags, ...rest)
  if (!reads) written.add(handle.fd)
  for (const name of ['write', 'sync']) {
    const real = handle[name].bind(handle)
    handle[name] = async (...args) => {
      step()
      return real(...args)
    }
  }
  return handle
}
syncBuiltinESMExports()
process.on('exit', () => {
  if (ZKOPS_FAULT_COUNT) fs.writeFileSync(ZKOPS_FAULT_COUNT, String(steps))
})
