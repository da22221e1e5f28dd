/* Nagios and Icinga: one service for the whole ensemble. */
import { rendered } from '../templates.ts'
import { file } from './containers.ts'
import { connectString, type MakeExtra } from './extra.ts'

export const nagios: MakeExtra = (inputs) => {
  const { name, members } = inputs
  const texts = { name, connect: connectString(inputs), address: members[0]!.line.addresses[0]!.host }
  return ['zkops.cfg', 'icinga2.conf'].map((one) => file(`nagios/${one}`, rendered(`nagios/${one}`, texts)))
}
