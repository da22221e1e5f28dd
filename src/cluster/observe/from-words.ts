/*
 * A member by four-letter words: srvr (allowed everywhere), and mntr and conf where the whitelist holds them.
 * Whoever answers on the client port is the member, whatever id it gives itself.
 */
import { ZkopsError } from '../../support/errors.ts'
import { fourLetterWord, isNotAllowed, NOT_SERVING } from '../admin/four-letter.ts'
import { placeText } from '../exchange.ts'
import { idFrom, metricsFrom, mntrEntries, srvrFields, srvrMetrics, stateFrom, versionFrom, zxidFrom } from './keys.ts'
import { membershipOfConf, settingsOfConf } from './membership.ts'
import type { Blind, MemberAnswer } from './model.ts'
import { askOptions, clientPlace, noClientPort, orUndefined, type SourceContext } from './source.ts'

export async function fromWords(context: SourceContext): Promise<MemberAnswer> {
  const started = performance.now()
  const at = clientPlace(context)
  if (at === null) throw noClientPort(context)
  const { host } = context.place
  const ask = (word: string) => fourLetterWord(host, at.port, word, { ...askOptions(context), tls: at.tls })
  const [srvr, mntr, conf] = await Promise.all([ask('srvr'), orUndefined(ask('mntr')), orUndefined(ask('conf'))])
  const fields = srvrFields(srvr)
  const entries = mntr === undefined ? new Map<string, string>() : mntrEntries(mntr)
  const said = wordsState(srvr, fields?.get('Mode'), entries.get('server_state'))
  if (said === undefined) throw noAnswer(placeText({ host, port: at.port }), srvr)
  const settings = settingsOfConf(conf ?? '')
  return {
    via: '4lw',
    state: said,
    id: idFrom(settings.get('serverId')),
    version: versionFrom(fields?.get('Zookeeper version') ?? entries.get('version')),
    zxid: zxidFrom(fields?.get('Zxid')),
    zabState: entries.get('peer_state')?.split(' - ')[1] ?? null,
    voting: null,
    metrics: new Map([...(fields === undefined ? [] : srvrMetrics(fields)), ...metricsFrom(entries)]),
    settings,
    membership: membershipOfConf(conf ?? ''),
    blind: [...notAllowed(srvr, 'srvr'), ...notAllowed(mntr, 'mntr'), ...notAllowed(conf, 'conf')],
    answerMs: performance.now() - started,
  }
}

/** What srvr says, else mntr; undefined when neither answered in its own form. */
function wordsState(
  srvr: string,
  mode: string | undefined,
  mntr: string | undefined,
): MemberAnswer['state'] | undefined {
  return stateFrom(mode) ?? (srvr.startsWith(NOT_SERVING) ? 'looking' : stateFrom(mntr))
}

function noAnswer(where: string, srvr: string): ZkopsError {
  if (isNotAllowed(srvr, 'srvr')) {
    return new ZkopsError('server.not-allowed', `${where} may not be asked: srvr and mntr are not in its whitelist`, {
      hint: 'Set 4lw.commands.whitelist=srvr,mntr,conf',
    })
  }
  const what = srvr === '' ? 'closes without an answer' : 'answers srvr with something else'
  return new ZkopsError('server.answer', `${where} ${what}`, { hint: 'Is it the client port of a ZooKeeper server?' })
}

const SHOWS: Readonly<Record<string, string>> = {
  srvr: 'its role, zxid and version',
  mntr: 'its metrics beyond those of srvr',
  conf: 'its limits and its view of the membership',
}

/** Words that the whitelist keeps from us; a word that failed otherwise is no question of settings. */
export function notAllowed(answer: string | undefined, word: string): readonly Blind[] {
  if (answer === undefined || !isNotAllowed(answer, word)) return []
  const why = `${word} is not in its whitelist`
  return [{ what: SHOWS[word]!, why, setting: `4lw.commands.whitelist=srvr,mntr,conf` }]
}
