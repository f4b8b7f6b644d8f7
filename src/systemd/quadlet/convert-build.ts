import { problemOf } from '../problem';
import { addKey } from '../unit-file';
import { attachmentSteps } from './attachment-steps';
import { buildPlace } from './build-place';
import { readArguments, readText } from './read-key';
import { addCommand, programWords, setOneshot } from './start-unit';
import { flag, own, pairs, quoted, repeated, text, texts } from './steps';
import type { Conversion, QuadletStep } from './types';
import { isNumber, isOneOf, isSeconds } from './value-checks';

/** Every key of [Build], in the order of the words of `tspod build`. */
export const BUILD_STEPS: readonly QuadletStep[] = [
  own(['ServiceName', repeated('GlobalArgs'), repeated('ContainersConfModule')], () => []),
  own(
    [
      {
        name: 'Pull',
        repeats: false,
        option: 'pull',
        check: isOneOf('always', 'missing', 'never', 'newer', 'true', 'false'),
      },
    ],
    (conversion) => {
      const policy = readText(conversion, 'Pull');
      // without "=" the value would be the context
      return policy === undefined ? [] : [`--pull=${policy}`];
    },
  ),
  text('Arch', 'arch'),
  text('AuthFile', 'authfile'),
  text('IgnoreFile', 'ignorefile'),
  text('Target', 'target'),
  text('Variant', 'variant'),
  text('Retry', 'retry', isNumber()),
  text('RetryDelay', 'retry-delay', isSeconds),
  flag('TLSVerify', 'tls-verify'),
  flag('ForceRM', 'force-rm'),
  texts('GroupAdd', 'group-add'),
  texts('ImageTag', 'tag'),
  texts('DNS', 'dns'),
  texts('DNSOption', 'dns-option'),
  texts('DNSSearch', 'dns-search'),
  pairs('Annotation', 'annotation'),
  pairs('BuildArg', 'build-arg'),
  pairs('Environment', 'env'),
  pairs('Label', 'label'),
  attachmentSteps.network,
  quoted('Secret', 'secret'),
  attachmentSteps.volume,
  // read by buildPlace()
  own([{ name: 'File', repeats: false, option: 'file' }, 'SetWorkingDirectory'], () => []),
  own([repeated('PodmanArgs')], () => []),
];

/** Makes the service of a `.build` file. It does not stay active: each start builds again what has changed. */
export function convertBuild(conversion: Conversion): void {
  addKey(conversion.service, 'Unit', 'RequiresMountsFor', '%t/tspod');
  if (readText(conversion, 'ImageTag') === undefined)
    conversion.problems.push(problemOf(conversion.quadlet.path, 'there is no ImageTag= in [Build]'));
  const words = BUILD_STEPS.flatMap((step) => step.words(conversion));
  const { file, context } = buildPlace(conversion);
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    'build',
    ...words,
    ...(file === undefined ? [] : ['--file', file]),
    ...readArguments(conversion, 'PodmanArgs'),
    ...(context === undefined ? [] : [context]),
  ]);
  setOneshot(conversion, { stays: false });
}
