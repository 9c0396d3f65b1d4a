import { Module } from '@nestjs/common';
import { OutgoingCalls } from './outgoing-calls';

@Module({ providers: [OutgoingCalls], exports: [OutgoingCalls] })
export class OutgoingModule {}
