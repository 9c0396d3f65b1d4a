import { stopServers } from './global-setup';

export default stopServers;
