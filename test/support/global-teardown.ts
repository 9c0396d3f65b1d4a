import { stopServer } from './global-setup';

export default stopServer;
