import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { Open } from '../src/access/access.decorator';
import { AppModule } from '../src/app.module';
import { readEnvironment } from '../src/config/environment';
import { configureApp } from '../src/configure-app';

/** Routes that do the least that a route of the service can do. */
@Controller('bench')
class BenchController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Open()
  @Get('nothing')
  nothing(): object {
    return { status: 'success' };
  }

  @Open()
  @Get('commit')
  async commit(): Promise<object> {
    await this.dataSource.query('INSERT INTO bench.line (text) VALUES ($1)', ['one row']);
    return { status: 'success' };
  }

  /** 100 rows of students, as they are stored. */
  @Open()
  @Get('read')
  async read(): Promise<object> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT * FROM bench.student WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])',
      ['bench', Array.from({ length: 100 }, (_none, at) => `s${at}`)],
    );
    return { status: 'success', rows };
  }
}

/** The service as it is, and these routes. */
@Module({})
class BenchModule {}

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const module = { module: BenchModule, imports: [AppModule.with(environment)], controllers: [BenchController] };
  const app = await NestFactory.create<NestExpressApplication>(module, { bodyParser: false, bufferLogs: true });
  await configureApp(app).listen(environment.PORT, '127.0.0.1');
  process.send?.({ url: await app.getUrl() });
  const stop = async (): Promise<void> => {
    await app.close();
    process.exit();
  };
  process.on('SIGTERM', () => void stop());
  // Whoever measures has gone.
  process.on('disconnect', () => void stop());
}

void main();
