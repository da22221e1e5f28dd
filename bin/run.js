#!/usr/bin/env node
// The version is answered before anything is loaded; everything else is dist/cli/main.js.
// process.getBuiltinModule: importing fs or module as ES modules would evaluate every getter of theirs first.
const { readFileSync } = process.getBuiltinModule('node:fs')
const { dirname } = process.getBuiltinModule('node:path')
const { fileURLToPath } = process.getBuiltinModule('node:url')

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  process.stdout.on('error', (error) => {
    // the reader of the pipe has seen enough (| head)
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.getBuiltinModule('node:module').enableCompileCache?.()
  const { main } = await import('../dist/cli/main.js')
  await main(argv, root)
}
