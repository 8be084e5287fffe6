{{/*
A command that runs beside the service: a Deployment, and a Service to scrape it by.
`root`; `name`, of the objects; `component`, its own app.kubernetes.io/name; `args`; `replicas`; `secrets`, of its own or
empty; `serviceAccountName`, `automountServiceAccountToken`, `extraEnv`, `resources`.
*/}}
{{- define "driftline.beside" -}}
{{- $own := .secrets | default dict -}}
{{- $secrets := ternary $own .root.Values.secrets (not (empty $own.existingSecret)) -}}
{{- $parts := dict "root" .root "name" (include "driftline.name" .root) "secrets" $secrets -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels: {{- include "driftline.besideLabels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }
  selector:
    matchLabels: {{- include "driftline.besideSelector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "driftline.besideLabels" . | nindent 8 }}
        {{- with .root.Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ toJson .root.Values.config | sha256sum }}
        {{- with .root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ .serviceAccountName | default (include "driftline.name" .root) }}
      automountServiceAccountToken: {{ .automountServiceAccountToken | default false }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .root.Values.terminationGracePeriodSeconds }}
      securityContext: {{- include "driftline.podSecurity" . | nindent 8 }}
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ include "driftline.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: {{- toYaml (concat .args (list "--config" "/etc/driftline/config/driftline.json")) | nindent 12 }}
          env:
            {{- include "driftline.env" $parts | nindent 12 }}
            {{- with .extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            - { name: http, containerPort: 9464, protocol: TCP }
          livenessProbe:
            httpGet: { path: /livez, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          startupProbe:
            httpGet: { path: /livez, port: http }
            periodSeconds: 2
            failureThreshold: 60
          resources: {{- toYaml .resources | nindent 12 }}
          securityContext: {{- include "driftline.containerSecurity" . | nindent 12 }}
          volumeMounts: {{- include "driftline.mounts" $parts | nindent 12 }}
      {{- with .root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      volumes: {{- include "driftline.volumes" $parts | nindent 8 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "driftline.besideLabels" . | nindent 4 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{- include "driftline.besideSelector" . | nindent 4 }}
  ports:
    - { name: http, port: 9464, targetPort: http, protocol: TCP }
{{- end -}}

{{/* `app.kubernetes.io/component`: one watch of several. */}}
{{- define "driftline.besideSelector" -}}
app.kubernetes.io/name: driftline-{{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "driftline.besideLabels" -}}
{{ include "driftline.besideSelector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}
