import { printable, type Style } from '../render/style.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { fileError, ZkopsError } from '../support/errors.ts'
import { ExitCode, exitCodeOf } from './exit-codes.ts'

/** What the error document of `--json` holds (design: "Errors with --json"). */
export interface ErrorDocument {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint?: string | undefined
    readonly file?: string | undefined
    readonly offset?: number | undefined
  }
}

export interface DescribedError {
  readonly exitCode: number
  readonly json: ErrorDocument
  readonly text: (style: Style) => string
}

/** The fields of oclif's own errors that are used here; its classes differ between bundles, so shape decides. */
interface OclifError extends Error {
  readonly oclif?: { readonly exit?: number }
  /** Names that the parser did not know. */
  readonly flags?: readonly string[]
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } }
}

/** Any thrown thing as exit code, JSON document and one sentence with one saying what to do next. */
export function describeError(thrown: unknown, context: { bin: string; command?: string | undefined }): DescribedError {
  const error = asZkopsError(thrown, context)
  const exitCode = exitCodeOf(error)
  const { code, message, hint, file, offset } = error
  return {
    exitCode,
    json: { error: { code, message, hint, file, offset } },
    text(style) {
      const where = offset === undefined || file === undefined ? '' : ` (${printable(file)}, offset ${offset})`
      const stack = exitCode === ExitCode.Bug ? `${(error.cause as Error | undefined)?.stack ?? error.stack}\n` : ''
      const next = hint === undefined ? '' : `${style.color.dim('→')} ${multiLine(hint)}\n`
      return `${style.color.red('error:')} ${multiLine(message)}${where}\n${stack}${next}`
    },
  }
}

/** Our own sentences may have several lines; everything else that could disturb a terminal is escaped. */
function multiLine(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function asZkopsError(thrown: unknown, { bin, command }: { bin: string; command?: string | undefined }): ZkopsError {
  if (thrown instanceof ZkopsError) return thrown
  const path = (thrown as NodeJS.ErrnoException | null)?.path
  if (path !== undefined) {
    const known = fileError(thrown, path)
    if (known instanceof ZkopsError) return known
  }
  const error = thrown as OclifError
  const help = command === undefined ? `${bin} --help` : `${bin} ${command.replaceAll(':', ' ')} --help`
  if (error?.oclif?.exit === ExitCode.Usage) {
    const message = error.message.replace(/\nSee more help with --help$/, '').replace(/^Parsing (--\S+) *\n\t/, '$1: ')
    return new ZkopsError('usage', message, { hint: flagSuggestion(error) ?? `See ${help}.` })
  }
  return new ZkopsError('bug', `zkops failed in a way it should not: ${error?.message ?? String(thrown)}`, {
    hint: 'Please report this with the command line, the text above and, where you can, the file it was about.',
    cause: thrown,
  })
}

function flagSuggestion(error: OclifError): string | undefined {
  const unknown = error.flags?.[0]
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`)
  const nearest = unknown === undefined ? undefined : didYouMean(unknown.split('=', 1)[0]!, known)
  return nearest === undefined ? undefined : `Did you mean ${nearest}?`
}
