/*
 * A vitest reporter that keeps the table of docs/reliability.md: each file's row is written when its tests end, so a
 * run that is stopped, or one of some files only, keeps the other rows with their own days.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = join(root, 'docs/reliability.md')
const TABLE = /(<!-- full run -->\n)[\s\S]*?(\n<!-- end -->)/

export default class FullRunReporter {
  onTestModuleEnd(module) {
    const states = [...module.children.allTests()].map((test) => test.result().state)
    const count = (state) => states.filter((one) => one === state).length
    const failed = count('failed') + (module.ok() || count('failed') > 0 ? 0 : 1)
    const seconds = Math.round(module.diagnostic().duration / 1000)
    const cells = [count('passed'), failed, seconds, new Date().toISOString().slice(0, 10)]
    writeRow(relative(root, module.moduleId), cells)
  }
}

function writeRow(file, cells) {
  const text = readFileSync(page, 'utf8')
  const kept = [...text.match(TABLE)[0].matchAll(/^\| (test\S+) \| (.*) \|$/gm)]
    .map(([, name, row]) => [name, row.split(' | ')])
    .filter(([name]) => name !== file && existsSync(join(root, name)))
  const rows = [...kept, [file, cells.map(String)]].sort(([a], [b]) => (a < b ? -1 : 1))
  const sum = (column) => rows.reduce((total, [, row]) => total + Number(row[column]), 0)
  const table = [
    `${rows.length} files, ${sum(0)} passed, ${sum(1)} failed, with Node ${process.version}.`,
    '',
    '| file | passed | failed | seconds | day |',
    '| --- | ---: | ---: | ---: | --- |',
    ...rows.map(([name, row]) => `| ${name} | ${row.join(' | ')} |`),
  ].join('\n')
  writeFileSync(page, text.replace(TABLE, `$1\n${table}\n$2`))
}
