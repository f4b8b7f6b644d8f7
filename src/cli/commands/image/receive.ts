import { receiveImage } from '../../../image/pull/receive-image';
import { encodeMessage } from '../../../image/pull/receiver-protocol';
import { defineCommand } from '../../define-command';

/** `tspod image receive`: started by a pull, unpacks what that one fetches. */
export default defineCommand({
  summary: 'Unpack the layers of an image that is being pulled',
  usage: '',
  options: {},
  args: { min: 0, max: 0 },
  userns: true,
  async run(ctx, _flags, _args, output) {
    // the one who fetches ends it by closing the pipe: then what has been unpacked is removed
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
    let suspect: number | null = null;
    try {
      const id = await receiveImage(ctx, 0, (layer) => (suspect = layer));
      output.write(encodeMessage(['result', id]));
    } catch (error) {
      output.write(encodeMessage(['failed', suspect]));
      throw error;
    }
  },
});
