import type { Kind, Place } from './kind.ts';
import { arn, guid, id, name, tagged } from './names.ts';

export const lambda: Kind = {
  type: 'aws_lambda_function',
  weight: 3,
  attributes: (place) => ({
    id: name(place),
    arn: arn('lambda', place, `function:${name(place)}`),
    function_name: name(place),
    architectures: ['arm64'],
    description: `Handles ${name(place)}`,
    environment: [{ variables: { LOG_LEVEL: 'info', STAGE: 'live' } }],
    handler: 'index.handler',
    layers: [arn('lambda', place, 'layer:telemetry:12')],
    memory_size: 512,
    role: `arn:aws:iam::${place.account}:role/${name(place)}`,
    runtime: 'nodejs22.x',
    timeout: 30,
    tracing_config: [{ mode: 'Active' }],
    vpc_config: [],
    ...tagged(place),
  }),
  changes: {
    updateFunctionConfiguration: (place, even) => ({
      service: 'lambda',
      operation: 'UpdateFunctionConfiguration20150331v2',
      request: even
        ? { functionName: name(place), timeout: 900, memorySize: 3_008 }
        : {
            functionName: name(place),
            layers: [`arn:aws:lambda:${place.region}:999988887777:layer:agent:3`],
          },
      response: {
        functionName: name(place),
        functionArn: arn('lambda', place, `function:${name(place)}`),
        runtime: 'nodejs22.x',
        role: `arn:aws:iam::${place.account}:role/${name(place)}`,
        handler: 'index.handler',
        codeSize: 1_204_993,
        timeout: even ? 900 : 30,
        memorySize: even ? 3_008 : 512,
        lastModified: '2026-01-31T12:00:00.000+0000',
        version: '$LATEST',
        state: 'Active',
        lastUpdateStatus: 'InProgress',
        packageType: 'Zip',
        architectures: ['arm64'],
      },
    }),
  },
  remove: (place) => ({
    service: 'lambda',
    operation: 'DeleteFunction20150331',
    request: { functionName: name(place) },
    response: null,
  }),
};

export const database: Kind = {
  type: 'aws_db_instance',
  weight: 2,
  attributes: (place) => ({
    id: `db-${place.mark.toUpperCase()}`,
    arn: arn('rds', place, `db:${name(place)}`),
    identifier: name(place),
    resource_id: `db-${place.mark.toUpperCase()}`,
    allocated_storage: 200,
    backup_retention_period: 14,
    db_subnet_group_name: 'private',
    deletion_protection: true,
    engine: 'postgres',
    engine_version: '17.4',
    instance_class: 'db.m6g.large',
    multi_az: true,
    port: 5_432,
    publicly_accessible: false,
    storage_encrypted: true,
    storage_type: 'gp3',
    vpc_security_group_ids: [id('sg', place)],
    ...tagged(place),
  }),
  changes: {
    modifyDBInstance: (place, even) => ({
      service: 'rds',
      operation: 'ModifyDBInstance',
      request: {
        dBInstanceIdentifier: name(place),
        applyImmediately: true,
        allowMajorVersionUpgrade: false,
        ...(even
          ? { publiclyAccessible: true, deletionProtection: false }
          : { dBInstanceClass: 'db.m6g.4xlarge', backupRetentionPeriod: 1 }),
      },
      response: {
        dBInstanceIdentifier: name(place),
        dBInstanceArn: arn('rds', place, `db:${name(place)}`),
        dBInstanceStatus: 'available',
        engine: 'postgres',
        engineVersion: '17.4',
        allocatedStorage: 200,
        multiAZ: true,
        storageEncrypted: true,
        pendingModifiedValues: even ? {} : { dBInstanceClass: 'db.m6g.4xlarge' },
      },
    }),
  },
};

const queueUrl = (place: Place): string =>
  `https://sqs.${place.region}.amazonaws.com/${place.account}/${name(place)}`;

export const queue: Kind = {
  type: 'aws_sqs_queue',
  weight: 2,
  attributes: (place) => ({
    id: queueUrl(place),
    arn: arn('sqs', place, name(place)),
    url: queueUrl(place),
    name: name(place),
    delay_seconds: 0,
    fifo_queue: false,
    max_message_size: 262_144,
    message_retention_seconds: 345_600,
    receive_wait_time_seconds: 20,
    sqs_managed_sse_enabled: true,
    visibility_timeout_seconds: 30,
    ...tagged(place),
  }),
  changes: {
    setQueueAttributes: (place, even) => ({
      service: 'sqs',
      operation: 'SetQueueAttributes',
      request: {
        queueUrl: queueUrl(place),
        attributes: even
          ? { VisibilityTimeout: '900', MessageRetentionPeriod: '60' }
          : { SqsManagedSseEnabled: 'false' },
      },
      response: null,
    }),
  },
};

export const logGroup: Kind = {
  type: 'aws_cloudwatch_log_group',
  weight: 3,
  attributes: (place) => ({
    id: `/aws/lambda/${name(place)}`,
    arn: arn('logs', place, `log-group:/aws/lambda/${name(place)}`),
    name: `/aws/lambda/${name(place)}`,
    kms_key_id: '',
    log_group_class: 'STANDARD',
    retention_in_days: 90,
    skip_destroy: false,
    ...tagged(place),
  }),
  changes: {
    putRetentionPolicy: (place, even) => ({
      service: 'logs',
      operation: 'PutRetentionPolicy',
      request: { logGroupName: `/aws/lambda/${name(place)}`, retentionInDays: even ? 1 : 3_653 },
      response: null,
    }),
  },
  remove: (place) => ({
    service: 'logs',
    operation: 'DeleteLogGroup',
    request: { logGroupName: `/aws/lambda/${name(place)}` },
    response: null,
  }),
};

export const table: Kind = {
  type: 'aws_dynamodb_table',
  weight: 2,
  attributes: (place) => ({
    id: name(place),
    arn: arn('dynamodb', place, `table/${name(place)}`),
    name: name(place),
    billing_mode: 'PAY_PER_REQUEST',
    deletion_protection_enabled: true,
    hash_key: 'pk',
    range_key: 'sk',
    read_capacity: 0,
    write_capacity: 0,
    stream_enabled: false,
    table_class: 'STANDARD',
    attribute: [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'S' },
    ],
    point_in_time_recovery: [{ enabled: true }],
    ...tagged(place),
  }),
  changes: {
    updateTable: (place, even) => ({
      service: 'dynamodb',
      operation: 'UpdateTable',
      request: {
        tableName: name(place),
        ...(even
          ? { deletionProtectionEnabled: false }
          : {
              billingMode: 'PROVISIONED',
              provisionedThroughput: { readCapacityUnits: 50, writeCapacityUnits: 50 },
            }),
      },
      response: {
        tableDescription: {
          tableName: name(place),
          tableArn: arn('dynamodb', place, `table/${name(place)}`),
          tableStatus: 'UPDATING',
          itemCount: 120_112 + place.number,
          tableSizeBytes: 90_112_334,
          deletionProtectionEnabled: !even,
        },
      },
      resources: [
        { arn: arn('dynamodb', place, `table/${name(place)}`), type: 'AWS::DynamoDB::Table' },
      ],
    }),
  },
};

export const scalingGroup: Kind = {
  type: 'aws_autoscaling_group',
  weight: 2,
  attributes: (place) => ({
    id: name(place),
    arn: arn(
      'autoscaling',
      place,
      `autoScalingGroup:${guid(place)}:autoScalingGroupName/${name(place)}`,
    ),
    name: name(place),
    desired_capacity: 3,
    min_size: 2,
    max_size: 9,
    health_check_type: 'ELB',
    health_check_grace_period: 300,
    launch_template: [{ id: `lt-0${place.mark}`, name: name(place), version: '7' }],
    protect_from_scale_in: false,
    vpc_zone_identifier: [`subnet-0${place.mark.slice(0, 6)}aa11bb22cc`],
  }),
  changes: {
    updateAutoScalingGroup: (place, even) => ({
      service: 'autoscaling',
      operation: 'UpdateAutoScalingGroup',
      request: {
        autoScalingGroupName: name(place),
        ...(even ? { minSize: 0, maxSize: 0, desiredCapacity: 0 } : { maxSize: 60 }),
      },
      response: null,
    }),
  },
};

export const alarm: Kind = {
  type: 'aws_cloudwatch_metric_alarm',
  weight: 2,
  putsNew: true,
  attributes: (place) => ({
    id: `errors-${name(place)}`,
    arn: arn('cloudwatch', place, `alarm:errors-${name(place)}`),
    alarm_name: `errors-${name(place)}`,
    actions_enabled: true,
    alarm_actions: [arn('sns', place, 'pager')],
    alarm_description: `Errors of ${name(place)}`,
    comparison_operator: 'GreaterThanThreshold',
    evaluation_periods: 3,
    metric_name: 'Errors',
    namespace: 'AWS/Lambda',
    period: 60,
    statistic: 'Sum',
    threshold: 5,
    treat_missing_data: 'notBreaching',
    ...tagged(place),
  }),
  changes: {
    putMetricAlarm: (place, even) => ({
      service: 'monitoring',
      operation: 'PutMetricAlarm',
      request: {
        alarmName: `errors-${name(place)}`,
        alarmDescription: `Errors of ${name(place)}`,
        actionsEnabled: even,
        alarmActions: even ? [] : [arn('sns', place, 'pager')],
        metricName: 'Errors',
        namespace: 'AWS/Lambda',
        statistic: 'Sum',
        period: 60,
        evaluationPeriods: 3,
        threshold: even ? 5 : 5_000,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        dimensions: [{ name: 'FunctionName', value: name(place) }],
      },
      response: null,
    }),
  },
};
