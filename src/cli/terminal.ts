import type { Style } from '../render/style.ts'
import { createStyle } from '../render/style.ts'

/** What one output stream can show; decided once per stream and handed to renderers. */
export interface Terminal {
  readonly isTTY: boolean
  /** Columns to fit into; undefined (never truncate) when the stream is not a terminal and no width is forced. */
  readonly width: number | undefined
  readonly style: Style
}

export interface TerminalOptions {
  /** False for `--no-color`. */
  readonly color: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** Colour: `--no-color`, NO_COLOR (any value), FORCE_COLOR, TERM=dumb, then whether the stream is a terminal. */
export function usesColor(isTTY: boolean, env: Environment, colorFlag: boolean): boolean {
  if (!colorFlag) return false
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  const forced = env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

/** UTF-8 line drawing and sparklines only where the locale can show them. */
export function usesUnicode(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(locale)
}

export function terminalOf(
  stream: NodeJS.WriteStream,
  { color }: TerminalOptions,
  env: Environment = process.env,
): Terminal {
  const isTTY = stream.isTTY === true
  const forcedWidth = Number.parseInt(env.OCLIF_COLUMNS ?? env.COLUMNS ?? '', 10)
  const width = forcedWidth > 0 ? forcedWidth : isTTY ? stream.columns || 80 : undefined
  return { isTTY, width, style: createStyle({ color: usesColor(isTTY, env, color), unicode: usesUnicode(env) }) }
}
