import type { Explanation } from '../operations/explain.ts'
import type { LintResult } from '../operations/zoo-cfg/lint.ts'
import type { Finding, Severity } from '../support/finding.ts'
import { jsonText } from './json.ts'

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
}

/** SARIF 2.1.0, which code review shows beside the lines. */
export function sarifText(result: LintResult, explanations: readonly Explanation[], version: string): string {
  const codes = [...new Set(result.findings.map(({ code }) => code))]
  const rules = codes.map((id) => {
    const explanation = explanations.find(({ code }) => code === id)
    if (explanation === undefined) return { id }
    const { summary, cause, remedy } = explanation
    return { id, shortDescription: { text: summary }, fullDescription: { text: cause }, help: { text: remedy } }
  })
  const driver = { name: 'zkops', version, rules }
  const results = result.findings.map((finding) => sarifResult(finding, codes))
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  })
}

function sarifResult({ code, severity, message, file, evidence, remedy }: Finding, codes: readonly string[]) {
  const region = typeof evidence?.line === 'number' ? { region: { startLine: evidence.line } } : {}
  const physicalLocation = { artifactLocation: { uri: encodeURI(file ?? '') }, ...region }
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: remedy === undefined ? message : `${message}. ${remedy}` },
    ...(file === undefined ? {} : { locations: [{ physicalLocation }] }),
  }
}
