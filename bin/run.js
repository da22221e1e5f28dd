#!/usr/bin/env node
// The version is answered before anything is loaded; everything else is dist/main.js.
import { readFileSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const argv = process.argv.slice(2)

process.stdout.on('error', (error) => {
  // the reader of the pipe has seen enough (| head)
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  module.enableCompileCache?.()
  const { main } = await import('../dist/cli/main.js')
  await main(argv, root)
}
