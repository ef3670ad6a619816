using System.Reflection;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>Asks the validator of a type of options, whichever it is, what it says about one value.</summary>
internal sealed class OptionsCheck
{
    private readonly Type _options;
    private readonly object _validator;

    private OptionsCheck(Type options, object validator) => (_options, _validator) = (options, validator);

    /// <summary>Null: the options have no validator of their own, but are checked with those that hold them.</summary>
    public static OptionsCheck? Of(Type options)
    {
        var kind = typeof(IValidateOptions<>).MakeGenericType(options);
        return options.Assembly.GetTypes().FirstOrDefault(type => type.IsClass && kind.IsAssignableFrom(type)) is { } validator
            ? new OptionsCheck(options, Activator.CreateInstance(validator, nonPublic: true)!)
            : null;
    }

    /// <summary>Whether the value is an error of this option.</summary>
    public bool Refuses(PropertyInfo option, object value) => Errors(option, value).Any();

    /// <summary>The same, because it is out of its range: another option may have to be set with it.</summary>
    public bool RefusesRange(PropertyInfo option, object value) => Errors(option, value).Any(error => error.Contains(" must be ", StringComparison.Ordinal) && error.Contains(" to ", StringComparison.Ordinal));

    private IEnumerable<string> Errors(PropertyInfo option, object value)
    {
        var options = Activator.CreateInstance(_options)!;
        option.SetValue(options, value);
        var validate = typeof(IValidateOptions<>).MakeGenericType(_options).GetMethod("Validate")!;
        var result = (ValidateOptionsResult)validate.Invoke(_validator, [null, options])!;
        return (result.Failures ?? []).Where(failure => failure.StartsWith($"Property {option.Name}:", StringComparison.Ordinal));
    }
}
