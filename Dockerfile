FROM python:3.12-slim-bookworm AS build
WORKDIR /portal
COPY requirements/app.txt requirements/app.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements/app.txt

FROM python:3.12-slim-bookworm
# Letters of documents on paper, Chinese among them.
RUN apt-get update && apt-get install --no-install-recommends -y fonts-liberation fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_VAR=/var/portal
COPY --from=build /venv /venv
WORKDIR /portal
COPY --chown=root:root . .
RUN mkdir -p /var/portal && chown portal /var/portal \
 && python -c "from pathlib import Path; from processportal.translations import compile_catalogues; compile_catalogues(Path('locale'))" \
 && SECRET_KEY=only-while-building python manage.py collectstatic --noinput -v 0 \
 && chown -R portal /var/portal
USER portal
EXPOSE 8000
CMD ["gunicorn", "processportal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
