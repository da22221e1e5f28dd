/*
 * Kubernetes: a StatefulSet whose pods are the members, by their order. Pods have names and addresses of their own, so
 * the members are made anew with these; ports, roles and ids stay.
 */
import { createHash } from 'node:crypto'
import { memberLine, newMembers } from '../../../config/profiles/members.ts'
import { volumesOf } from '../../../config/profiles/space.ts'
import { type GeneratedValue, valuesFor } from '../../../config/profiles/values.ts'
import { confFiles, type NewFile } from '../files.ts'
import { rendered } from '../templates.ts'
import { block, file, imageOf, memoryMib, probeScript, startScript, startSeconds, volumesIn } from './containers.ts'
import { type ExtraInputs, type MakeExtra, metricsPort, notPossible } from './extra.ts'

const PROBE_SECONDS = 10
/** Kept on the data's volume, so that a change of membership outlives the pod. */
const CLAIM: Readonly<Record<string, string>> = { conf: 'data', data: 'data', log: 'log' }

export const kubernetes: MakeExtra = (inputs) => {
  const { name, members, places, release, profile } = inputs
  if (release.minor < 5) {
    notPossible(
      'kubernetes',
      '3.4 has its members in zoo.cfg, which cannot be the same for all',
      'Use --zookeeper 3.5 or newer.',
    )
  }
  const [address] = members[0]!.line.addresses
  const ports = { client: members[0]!.line.client!.port, quorum: address!.quorumPort, election: address!.electionPort! }
  const pods = newMembers(
    members.map(({ id, line: { role } }, i) => {
      const host = `${name}-${i}.${name}-headless`
      return memberLine(`${id}=${host}:${ports.quorum}:${ports.election}:${role};${ports.client}`)
    }),
  )
  const values = valuesFor(pods[0]!, places, { ...inputs, members: pods }).map(forAnyPod)
  const one = { member: pods[0]!, places, values }
  const ids = pods.map(({ id }) => String(id))
  const made = confFiles({ release, profile: profile.name, label: ids.join(', '), values })
  const scripts = [file('start.sh', startScript(places, inputs)), file('probe.sh', probeScript(one))]
  const files = block([...made, ...scripts].map(entry))
  const peerPorts = { quorumPort: ports.quorum, electionPort: ports.election }
  const named = [...Object.entries(ports), ...(inputs.metrics ? [['metrics', metricsPort(one)] as const] : [])]
  const open = named.flatMap(([port, number]) => (['client', 'metrics'].includes(port) ? [number] : []))
  const manifests: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    configmap: { name, files },
    'first-start': { name },
    services: { name, clientPort: ports.client, ...peerPorts },
    'disruption-budget': { name },
    'network-policy': {
      ...{ name, ...peerPorts },
      openPorts: block(open.map((number) => `        - port: ${number}`)),
    },
    statefulset: {
      ...{ name, image: imageOf(inputs), replicas: pods.length, ids: ids.join(' '), cores: profile.cores },
      ...{ confDir: places.confDir, dataDir: places.dataDir, logDir: places.logDir ?? places.dataDir },
      sum: createHash('sha256').update(files).digest('hex').slice(0, 16),
      startChecks: Math.ceil(startSeconds(one) / PROBE_SECONDS),
      memoryMib: memoryMib(one),
      ports: block(
        named.map(([port, number]) => `            - name: ${port}\n              containerPort: ${number}`),
      ),
      ...{ mounts: mountsOf(inputs), claims: claimsOf(inputs) },
    },
  }
  return Object.entries(manifests).map(([manifest, texts]) =>
    file(`kubernetes/${manifest}.yaml`, rendered(`kubernetes/${manifest}.yaml`, texts)),
  )
}

/** Files are the same for all pods, so none may name one of them. */
function forAnyPod(value: GeneratedValue): GeneratedValue {
  if (value.key !== 'metricsProvider.httpHost') return value
  return { ...value, value: '0.0.0.0', why: 'Every address of the pod; the network policy says who gets there.' }
}

/** A text as it is, in a map. */
function entry({ name, text }: NewFile): string {
  return `  ${name}: |2\n${text.replace(/^(?=.)/gm, '    ')}`
}

function mountsOf({ places }: ExtraInputs): string {
  return block(
    volumesIn(places).map(
      ({ volume, path }) =>
        `            - name: ${CLAIM[volume]}\n              mountPath: ${path}\n              subPath: ${volume}`,
    ),
  )
}

function claimsOf(inputs: ExtraInputs): string {
  const { dataBytes, logBytes } = volumesOf(inputs)
  const sizes = inputs.places.logDir === null ? { data: dataBytes + logBytes } : { data: dataBytes, log: logBytes }
  return block(
    Object.entries(sizes).map(([volume, bytes]) =>
      rendered('kubernetes/claim.yaml', { volume, sizeGib: Math.ceil(bytes / 2 ** 30) }),
    ),
  )
}
