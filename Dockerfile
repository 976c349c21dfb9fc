# One image for both processes: the web server by default, the worker with `node src/worker.ts`.
# Left out are the packages that only a bare machine needs: a Node and a PostgreSQL of our own.
FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional

FROM node:26-slim
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY calendar calendar
COPY machines machines
COPY migrations migrations
COPY src src

# The administrator's key lies here, and the mails when no mail server is named.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER node
EXPOSE 3000
CMD ["node", "src/server.ts"]
