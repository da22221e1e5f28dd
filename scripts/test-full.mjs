// npm run test:full: every proof in full (npm test runs a fixed-seed sample), and its dated result in docs/reliability.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zkops-full-'))
const report = join(folder, 'report.json')
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ZKOPS_TEST_FULL: '1' } },
)
const { numPassedTests, numFailedTests, numTotalTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
rmSync(folder, { recursive: true })

const rows = testResults
  .map(({ name, assertionResults, startTime, endTime }) => ({
    file: relative(root, name),
    passed: assertionResults.filter((one) => one.status === 'passed').length,
    failed: assertionResults.filter((one) => one.status === 'failed').length,
    seconds: Math.round((endTime - startTime) / 1000),
  }))
  .sort((a, b) => (a.file < b.file ? -1 : 1))
const table = [
  `Run on ${new Date().toISOString().slice(0, 10)} with Node ${process.version}: ${numPassedTests} passed, ${numFailedTests} failed, ${numTotalTests} in all.`,
  '',
  '| file | passed | failed | seconds |',
  '| --- | ---: | ---: | ---: |',
  ...rows.map(({ file, passed, failed, seconds }) => `| ${file} | ${passed} | ${failed} | ${seconds} |`),
].join('\n')
const page = join(root, 'docs/reliability.md')
const text = readFileSync(page, 'utf8')
writeFileSync(page, text.replace(/(<!-- full run -->\n)[\s\S]*(\n<!-- end -->)/, `$1\n${table}\n$2`))
process.exitCode = status ?? 1
