import { stringify } from 'yaml';
import { shellWords } from '../../files/shell-words.js';
import { isBucketUrl } from '../../runs/store/bucket/location.js';
import type { JobPrint } from './lines.js';

/** Pods side by side at first: whoever has more room says so in the manifest. */
const PARALLEL = 8;

/** A Job of Kubernetes, indexed: an index does a job of the plan. */
export function kubernetesManifest(print: JobPrint): string {
  const { name, command, ids, collect, store } = print;
  const label = labelOf(name);
  const script = `set -- ${ids.join(' ')}; shift "$JOB_COMPLETION_INDEX"; exec ${shellWords(command)} "$1"`;
  const isShared = !isBucketUrl(store);
  const manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: label, labels: { app: 'antitransfer' } },
    spec: {
      completionMode: 'Indexed',
      completions: ids.length,
      parallelism: Math.min(PARALLEL, ids.length),
      backoffLimitPerIndex: 3,
      template: {
        metadata: { labels: { app: 'antitransfer' } },
        spec: {
          restartPolicy: 'Never',
          // As long as a checkpoint may take.
          terminationGracePeriodSeconds: 120,
          containers: [
            {
              name: 'antitransfer',
              image: 'antitransfer:latest',
              command: ['sh', '-c', script],
              resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '8Gi' } },
              ...(isShared
                ? { volumeMounts: [{ name: 'store', mountPath: store }] }
                : { envFrom: [{ secretRef: { name: 'antitransfer-store' } }] }),
            },
          ],
          ...(isShared && {
            volumes: [{ name: 'store', persistentVolumeClaim: { claimName: 'antitransfer-store' } }],
          }),
        },
      },
    },
  };
  const needs = isShared
    ? 'It wants an image "antitransfer:latest" and a volume claim "antitransfer-store", which is the store\'s folder.'
    : 'It wants an image "antitransfer:latest" and a secret "antitransfer-store" with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where it is not Amazon\'s, AWS_ENDPOINT_URL_S3.';
  return [
    `# ${ids.length} jobs, those that others wait for first. Submit it with: kubectl apply -f FILE. What is done is not done again.`,
    `# ${needs}`,
    `# When all are done, this makes the tables and reports: ${shellWords(collect)}`,
    stringify(manifest, { lineWidth: 0 }),
  ].join('\n');
}

/** What Kubernetes takes as a name: 63 letters in lower case, digits and hyphens. */
function labelOf(name: string): string {
  const plain = `antitransfer-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  return plain.slice(0, 63).replace(/-+$/, '');
}
