import { ValidationPipe } from '@nestjs/common';
import { Problem } from './problem';

/** Checks the parameters that a DTO describes; a name that it does not know is a typing error, not to be passed over. */
export function parameterPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    validateCustomDecorators: true,
    stopAtFirstError: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (found) => {
      const errors = found.flatMap(({ property, constraints = {} }) =>
        Object.values(constraints).map((message) => ({ field: property, code: 'INVALID_DATA', message })),
      );
      return new Problem('PARAMETER_INVALID', errors.map(({ message }) => message).join('; '), { errors });
    },
  });
}
