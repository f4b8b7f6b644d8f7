import { pauseContainer } from '../../../container/pause';
import { freezerCommand } from './freezer-command';

/** `tspod pause`. */
export default freezerCommand('pause', 'running', pauseContainer);
