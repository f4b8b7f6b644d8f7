import { unpauseContainer } from '../../../container/pause';
import { freezerCommand } from './freezer-command';

/** `tspod unpause`. */
export default freezerCommand('unpause', 'paused', unpauseContainer);
