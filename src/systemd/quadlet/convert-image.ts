import { problemOf } from '../problem';
import { addKey } from '../unit-file';
import { readArguments, readText } from './read-key';
import { addCommand, programWords, setOneshot } from './start-unit';
import { flag, own, repeated, text } from './steps';
import type { Conversion, QuadletStep } from './types';
import { isNumber, isSeconds } from './value-checks';

/** Every key of [Image], in the order of the words of `tspod image pull`. */
export const IMAGE_STEPS: readonly QuadletStep[] = [
  own(
    ['Image', 'ImageTag', 'ServiceName', repeated('GlobalArgs'), repeated('ContainersConfModule')],
    () => [],
  ),
  text('Arch', 'arch'),
  text('AuthFile', 'authfile'),
  text('CertDir', 'cert-dir'),
  text('Creds', 'creds'),
  text('DecryptionKey', 'decryption-key'),
  text('OS', 'os'),
  text('Variant', 'variant'),
  text('Policy', 'policy'),
  text('Retry', 'retry', isNumber()),
  text('RetryDelay', 'retry-delay', isSeconds),
  flag('AllTags', 'all-tags'),
  flag('TLSVerify', 'tls-verify'),
  own([repeated('PodmanArgs')], (conversion) => readArguments(conversion, 'PodmanArgs')),
];

/** Makes the service of an `.image` file. */
export function convertImage(conversion: Conversion): void {
  addKey(conversion.service, 'Unit', 'RequiresMountsFor', '%t/tspod');
  const image = readText(conversion, 'Image');
  if (image === undefined)
    conversion.problems.push(problemOf(conversion.quadlet.path, 'there is no Image= in [Image]'));
  const words = IMAGE_STEPS.flatMap((step) => step.words(conversion));
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['image', 'pull'],
    ...words,
    image ?? '',
  ]);
  setOneshot(conversion);
}
