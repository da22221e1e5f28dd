/* Docker Compose: a container for each member, from the member's own folder. */
import { isIP } from 'node:net'
import { rendered } from '../templates.ts'
import {
  block,
  file,
  fileLimit,
  imageOf,
  memoryMib,
  probeScript,
  startScript,
  startSeconds,
  volumesIn,
} from './containers.ts'
import { type ExtraInputs, type MadeMember, type MakeExtra, notPossible } from './extra.ts'

const FIRST_PORT = 2181

export const compose: MakeExtra = (inputs) => {
  const { name, made } = inputs
  if (made.some(({ member }) => member.onHost !== null || isIP(hostOf(member)) !== 0)) {
    notPossible(
      'compose',
      'each container has a host name of its own',
      'Give every member one: --server 1=zk1 2=zk2 3=zk3.',
    )
  }
  const services = made.map((one, i) => service(one, i, inputs))
  const volumes = made.flatMap(({ member, places }) =>
    volumesIn(places).map(({ volume }) => `  ${volume}-${member.id}:`),
  )
  return [
    file(
      'compose/compose.yaml',
      rendered('compose/compose.yaml', { name, services: block(services), volumes: block(volumes) }),
    ),
    ...made.flatMap((one) => [
      file(`compose/start-${one.member.id}.sh`, startScript(one.places, inputs)),
      file(`compose/probe-${one.member.id}.sh`, probeScript(one)),
    ]),
  ]
}

function service(one: MadeMember, i: number, inputs: ExtraInputs): string {
  const { confDir, dataDir, logDir } = one.places
  const id = String(one.member.id)
  return rendered('compose/service.yaml', {
    ...{ name: inputs.name, id, image: imageOf(inputs), host: hostOf(one.member) },
    ...{ confDir, dataDir, logDir: logDir ?? dataDir },
    mounts: block(volumesIn(one.places).map(({ volume, path }) => `      - ${volume}-${id}:${path}`)),
    ...{ publishedPort: FIRST_PORT + i, clientPort: one.member.line.client!.port },
    ...{ openFiles: fileLimit(inputs), memoryMib: memoryMib(one), startSeconds: startSeconds(one) },
  })
}

function hostOf({ line }: MadeMember['member']): string {
  return line.addresses[0]!.host
}
