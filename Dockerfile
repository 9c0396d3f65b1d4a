# The service and its worker: docker run … (serve) and docker run … worker. See docs/operations.md.
#
# It runs on the image's own Node, of the version that package.json has as the dependency `node`: that one's package would be
# another 120 MB, and a C library that Alpine has not. The embedded PostgreSQL is left out too: DATABASE_URL must be set.

FROM node:24.21.0-alpine AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY src src
COPY migrations migrations
COPY bench bench
RUN npm run build

FROM node:24.21.0-alpine AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# What nobody runs is nearly half of it: source maps, declarations of types, documentation.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.md' \) -delete

FROM node:24.21.0-alpine
ENV NODE_ENV=production ENV=production PORT=8000 METRICS_PORT=9464 METRICS_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/migrations dist/migrations
COPY package.json ./
# It writes nothing to its disk, and may not: its files are root's.
USER node
EXPOSE 8000 9464
# Of the service and of a worker alike. Whether requests can be served is at /v1/health/ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.METRICS_PORT + '/v1/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
